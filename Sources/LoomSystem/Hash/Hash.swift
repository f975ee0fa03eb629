import CCrypto

/// Hashes and secrets, by the system's libcrypto.
package enum Hash {
    /// SHA-256 as 64 lower-case hexadecimal digits.
    package static func sha256(_ bytes: [UInt8]) -> String {
        var stream = Stream()
        stream.update(bytes)
        return stream.finish()
    }

    /// SHA-256 as its 32 bytes.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var stream = Stream()
        stream.update(bytes)
        return stream.digest()
    }

    /// SHA-256 of the text's UTF-8.
    package static func sha256(_ text: String) -> String {
        sha256(Array(text.utf8))
    }

    /// HMAC-SHA-256 as 64 lower-case hexadecimal digits.
    package static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> String {
        hex(authenticationCode(bytes, key: key))
    }

    /// HMAC-SHA-256 as its 32 bytes, as the key of another one.
    package static func authenticationCode(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        Libcrypto.prepare()
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        let result = HMAC(EVP_sha256(), key, Int32(clamping: key.count), bytes, bytes.count, &digest, &length)
        precondition(result != nil && length == 32, "libcrypto could not compute an HMAC: it is out of memory or lacks SHA-256")
        return digest
    }

    /// Compares secrets in a time that does not tell where they differ; only their length shows.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    package static func areEqual(_ left: String, _ right: String) -> Bool {
        areEqual(Array(left.utf8), Array(right.utf8))
    }

    /// A secret of so many random bytes, written in the URL-safe base 64 alphabet without padding.
    ///
    /// The bytes come from the system's generator rather than `RAND_bytes`: the same kernel source, but it can't fail.
    package static func token(bytes count: Int = 32) -> String {
        var generator = SystemRandomNumberGenerator()
        return base64URL((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// As mail and JSON have it, with padding.
    package static func base64(_ bytes: [UInt8]) -> String {
        let text = base64URL(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// What a text of the URL-safe alphabet stands for, with or without padding; nil for any other text.
    package static func bytes(base64URL text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for letter in text.utf8.reversed().drop(while: { $0 == UInt8(ascii: "=") }).reversed() {
            guard let value = alphabet.firstIndex(of: letter) else { return nil }
            buffer = (buffer << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        return bytes
    }

    package static func base64URL(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { text.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Hash {
    /// SHA-256 of data that comes in pieces, such as a large file.
    package struct Stream: ~Copyable {
        private let context: OpaquePointer

        package init() {
            Libcrypto.prepare()
            // libcrypto fails here only without memory, where Swift's own allocations trap as well.
            guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
                preconditionFailure("libcrypto could not start SHA-256: it is out of memory or lacks SHA-256")
            }
            self.context = context
        }

        deinit {
            EVP_MD_CTX_free(context)
        }

        package mutating func update(_ bytes: [UInt8]) {
            precondition(EVP_DigestUpdate(context, bytes, bytes.count) == 1, "libcrypto could not continue SHA-256")
        }

        /// The 64 hexadecimal digits.
        package consuming func finish() -> String { Hash.hex(digest()) }

        /// The 32 bytes.
        package consuming func digest() -> [UInt8] {
            var digest = [UInt8](repeating: 0, count: 32)
            precondition(EVP_DigestFinal_ex(context, &digest, nil) == 1, "libcrypto could not finish SHA-256")
            return digest
        }
    }
}
