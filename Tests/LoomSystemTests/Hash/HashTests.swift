import LoomSystem
import Testing

@Suite struct HashTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `SHA-256 has the published digests`(text: String, digest: String) {
        #expect(Hash.sha256(text) == digest)
        #expect(Hash.sha256(Array(text.utf8)) == digest)
    }

    @Test func `a hash in pieces is the hash of the whole`() {
        let seeded = Seeded()
        let bytes = seeded.bytes(upTo: 5_000)
        var stream = Hash.Stream()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(seeded.number(1...700))
            stream.update(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        #expect(stream.finish() == Hash.sha256(bytes), seeded.comment)
    }

    @Test func `HMAC has the digest of RFC 4231, case 2`() {
        let digest = Hash.hmacSHA256(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(digest == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func `secrets are compared`() {
        #expect(Hash.areEqual("secret", "secret"))
        #expect(!Hash.areEqual("secret", "secreT"))
        #expect(!Hash.areEqual("secret", "secret "))
        #expect(Hash.areEqual("", ""))
    }

    @Test func `a token is URL-safe and never the same`() {
        let tokens = (0..<100).map { _ in Hash.token(bytes: 16) }
        #expect(Set(tokens).count == 100)
        #expect(
            tokens.allSatisfy { token in
                token.utf8.count == 22 && token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            })
    }

    @Test(arguments: [([], ""), ([0xFB], "-w"), ([0xFB, 0xFF], "-_8"), ([1, 2, 3], "AQID")] as [([UInt8], String)])
    func `base 64 is the URL-safe one`(bytes: [UInt8], text: String) {
        #expect(Hash.base64URL(bytes) == text)
    }
}

@Suite struct ChecksumTests {
    @Test(
        arguments: [("", 0), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339)] as [(String, UInt32)]
    )
    func `CRC-32 has the published checksums`(text: String, checksum: UInt32) {
        #expect(Hash.crc32(Array(text.utf8)) == checksum)
    }
}
