import LoomSystem
import Testing

@Suite struct TextEncodingTests {
    @Test(
        arguments: [
            (Array("plain é 猫\n".utf8), .utf8, "plain é 猫\n"), ([], .utf8, ""), ([0xEF, 0xBB, 0xBF] + "a".utf8, .utf8BOM, "a"),
            ([0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0x08, 0xDC], .utf16LE, "a\u{1F408}"), ([0xFE, 0xFF, 0, 0x61], .utf16BE, "a"),
            (Array("caf".utf8) + [0xE9, 0x0A], .latin1, "café\n"), (Array("\u{1b}[1mbold\u{1b}[0m".utf8), .utf8, "\u{1b}[1mbold\u{1b}[0m"),
        ] as [([UInt8], TextEncoding, String)])
    func `a text is recognised and given back as it was`(bytes: [UInt8], encoding: TextEncoding, text: String) throws {
        let decoded = try #require(DecodedText(bytes))
        #expect(decoded.encoding == encoding)
        #expect(decoded.text == text)
        #expect(decoded.bytes == bytes)
        #expect(!TextEncoding.isBinary(bytes))
    }

    @Test(arguments: [[0x7F, 0x45, 0x4C, 0x46, 0], [0x61, 0], [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], [1, 2, 3, 4, 0x80]] as [[UInt8]])
    func `what is no text is binary`(bytes: [UInt8]) {
        #expect(TextEncoding.isBinary(bytes))
        #expect(DecodedText(bytes) == nil)
    }

    @Test(arguments: [[0xFF, 0xFE, 0x61], [0xFF, 0xFE, 0x3D, 0xD8], [0xEF, 0xBB, 0xBF, 0xFF]] as [[UInt8]])
    func `a text broken after its mark is not taken for text`(bytes: [UInt8]) {
        #expect(DecodedText(bytes) == nil)
    }

    @Test func `whatever is decoded is encoded to the same bytes`() {
        let seeded = Seeded()
        for _ in 0..<5_000 {
            var bytes = seeded.bytes(upTo: 40)
            switch seeded.number(0...3) {
            case 0: bytes = [0xFF, 0xFE] + bytes
            case 1: bytes = Array(seeded.text(upTo: 30).utf8)
            case 2: bytes = bytes.map { $0 | 0x20 }
            default: break
            }
            if let decoded = DecodedText(bytes) { #expect(decoded.bytes == bytes, seeded.comment) }
        }
    }

    @Test func `Latin-1 has no cat`() {
        #expect(TextEncoding.latin1.encode("猫") == nil)
    }

    @Test(
        arguments: [
            ("a", .lf), ("a\nb\n", .lf), ("a\r\nb\r\n", .crlf), ("a\r\nb\n", .mixed), ("a\rb", .lf), ("\n\r\n", .mixed),
        ] as [(String, LineEnding)])
    func `line ends are recognised`(text: String, ending: LineEnding) {
        #expect(LineEnding(of: text) == ending)
    }

    @Test func `line ends are made alike`() {
        #expect(LineEnding.crlf.applied(to: "a\nb\r\nc\r") == "a\r\nb\r\nc\r")
        #expect(LineEnding.lf.applied(to: "a\nb\r\nc") == "a\nb\nc")
        #expect(LineEnding.mixed.applied(to: "a\nb\r\n") == "a\nb\r\n")
    }

    @Test(
        arguments: [
            ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]),
            ("a\r\nb\nc\r\n", ["a\r", "b", "c\r"]),
        ] as [(String, [String])])
    func `lines are counted by their newlines, also where some are behind a carriage return`(text: String, lines: [String]) {
        #expect(text.lines.map { Array($0.utf8) } == lines.map { Array($0.utf8) })
    }
}
