import Testing

@testable import LoomSystem

@Suite struct RedactionTests {
    private static let redactions = [Redaction("secret-one", shown: "«A»"), Redaction("secret-one-and-more", shown: "«B»")]

    private func passed(_ text: String, pieces size: Int) -> String {
        var stream = StreamRedaction(Self.redactions)
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            out += stream.pass(Array(bytes[start..<min(bytes.count, start + size)]))
        }
        return String(decoding: out + stream.finish(), as: UTF8.self)
    }

    @Test(arguments: [
        ("nothing here", "nothing here"), ("a secret-one b", "a «A» b"), ("secret-one-and-more!", "«B»!"),
        ("secret-onesecret-one", "«A»«A»"), ("ssecret-one", "s«A»"), ("secret-on", "secret-on"), ("secret-secret-one", "secret-«A»"),
    ])
    func `a secret is hidden in whatever pieces it comes`(text: String, expected: String) {
        for size in 1...24 { #expect(self.passed(text, pieces: size) == expected, "pieces of \(size)") }
        #expect(text.hiding(Self.redactions) == expected)
    }

    @Test func `a mark behind a secret does not show it`() {
        #expect("secret-one\u{301}".hiding(Self.redactions).unicodeScalars.elementsEqual("«A»\u{301}".unicodeScalars))
        #expect("as it is".hiding([Redaction("", shown: "nothing")]) == "as it is")
    }

    @Test func `a command's output and its file are without it`() async throws {
        let folder = try TemporaryDirectory()
        let spill = folder.path + "/whole.log"
        let command = "for i in 1 2 3 4 5 6 7 8; do printf secret-; printf 'one '; done"
        var spec = ProcessSpec(.shell(command), outputLimit: 20, spillPath: spill)
        spec.redactions = Self.redactions
        let result = try await LiveProcessRunner().run(spec)
        let whole = String(decoding: try LiveFileSystem().read(spill), as: UTF8.self)
        #expect(whole == String(repeating: "«A» ", count: 8))
        #expect(!result.output.text.contains("secret"))
    }
}
