import LoomSystem
import Testing

@Suite struct LineSplitterTests {
    @Test(arguments: [
        ("a\nb\n", ["a", "b"]), ("a\r\nb", ["a", "b"]), ("\n\n", ["", ""]), ("", []), ("a\rb\n", ["a\rb"]), ("é\n🐈", ["é", "🐈"]),
        ("\r\n", [""]),
    ])
    func `lines are the same wherever the bytes are cut`(text: String, expected: [String]) {
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            var splitter = LineSplitter()
            var lines = splitter.feed(Array(bytes[..<cut])) + splitter.feed(Array(bytes[cut...]))
            if let last = splitter.finish() { lines.append(last) }
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == expected, "cut at \(cut)")
        }
    }

    @Test func `a line too long comes in parts`() {
        var splitter = LineSplitter(maximumLength: 3)
        #expect(splitter.feed(Array("abcdefgh\nij".utf8)) == [Array("abc".utf8), Array("def".utf8), Array("gh".utf8)])
        #expect(splitter.finish() == Array("ij".utf8))
        #expect(splitter.finish() == nil)
    }
}
