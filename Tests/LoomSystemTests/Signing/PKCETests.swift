import LoomSystem
import Testing

@Suite("PKCE") struct PKCETests {
    @Test("the challenge of RFC 7636, appendix B")
    func vector() {
        let pkce = PKCE(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("a verifier is 43 letters of the alphabet, and no two are alike")
    func verifier() {
        let verifiers = (0..<100).map { _ in PKCE(random: LiveRandom()).verifier }
        #expect(Set(verifiers).count == 100)
        #expect(verifiers.allSatisfy { $0.utf8.count == 43 && Hash.bytes(base64URL: $0)?.count == 32 })
        #expect(PKCE(random: SeededRandom(seed: 7)).verifier == PKCE(random: SeededRandom(seed: 7)).verifier)
    }

    @Test("base 64 goes there and back", arguments: 0..<40)
    func base64(_ count: Int) {
        let random = SeededRandom(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        #expect(Hash.bytes(base64URL: Hash.base64URL(bytes)) == bytes)
        #expect(Hash.bytes(base64URL: Hash.base64URL(bytes) + "==") == bytes)
        #expect(Hash.bytes(base64URL: "a+b") == nil)
    }

    @Test("forms go there and back")
    func forms() {
        let fields = [(name: "a b", value: "1&2=3"), (name: "ü", value: "+%"), (name: "empty", value: "")]
        let form = PercentEncoding.form(fields)
        #expect(form == "a%20b=1%262%3D3&%C3%BC=%2B%25&empty=")
        #expect(PercentEncoding.fields(of: form) == ["a b": "1&2=3", "ü": "+%", "empty": ""])
        #expect(PercentEncoding.fields(of: "x=a+b&x=2&y&%zz=%2") == ["x": "a b", "y": "", "%zz": "%2"])
    }
}
