import Testing

@testable import LoomSystem

@Suite("Text in pieces") struct TextPiecesTests {
    @Test("is the same wherever it is cut", arguments: ["größer → 𝄞!", "plain", "é", ""])
    func cut(_ text: String) {
        let bytes = Array(text.utf8)
        for place in 0...bytes.count {
            var pieces = TextPieces()
            let made = pieces.feed(Array(bytes[..<place])) + pieces.feed(Array(bytes[place...])) + pieces.finish()
            #expect(made == text)
        }
    }

    @Test("shows what is no UTF-8, and what ends in the middle of a character")
    func broken() {
        var pieces = TextPieces()
        #expect(pieces.feed([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(pieces.feed([0xE2, 0x82]) == "")
        #expect(pieces.finish() == "\u{FFFD}")
    }
}
