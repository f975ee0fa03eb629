import CCrypto

/// A private RSA key that signs, by the system's libcrypto.
package final class RSAKey: Sendable {
    /// Why a text is no key that can sign; it never holds any of the text.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    // Only read after `init`, which libcrypto allows from several threads at once.
    private nonisolated(unsafe) let key: OpaquePointer

    /// From PEM, as PKCS #8 or PKCS #1, without a password.
    package init(pem: String) throws(Fault) {
        Libcrypto.prepare()
        let read = Array(pem.utf8).withUnsafeBytes { bytes -> OpaquePointer? in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(memory) }
            // libcrypto asks for a password on the terminal unless somebody else answers.
            return PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key = read else {
            ERR_clear_error()
            throw Fault(description: "the private key is no PEM text that can be read")
        }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else {
            EVP_PKEY_free(key)
            throw Fault(description: "the private key is no RSA key")
        }
        self.key = key
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256, which JSON web tokens call RS256.
    package func signature(of bytes: [UInt8]) throws(Fault) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var length = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1
        else {
            ERR_clear_error()
            throw Fault(description: "libcrypto could not sign with the private key")
        }
        return Array(signature.prefix(length))
    }
}
