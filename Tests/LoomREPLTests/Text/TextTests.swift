import Testing

@testable import LoomREPL

struct TextTests {
    @Test(arguments: [
        ("a", "a", 1), ("é", "é", 1), ("e\u{301}", "e\u{301}", 1), ("日", "日", 2), ("🙂", "🙂", 2), ("👩‍👩‍👧", "👩‍👩‍👧", 2), ("🇩🇪", "🇩🇪", 2),
        ("❤️", "❤️", 2), ("\t", "    ", 4), ("\u{1B}", "\\x1b", 4), ("\u{7}", "\\x07", 4), ("\u{9B}", "\\x9b", 4), ("\r", "\\x0d", 4),
        ("\u{202E}", "\\u{202e}", 8), ("\u{2028}", "\\u{2028}", 8), ("\u{E0041}", "\\u{e0041}", 9), ("\u{7F}", "\\x7f", 4),
    ])
    func `a grapheme is shown with its width, and what would command the terminal as an escape`(
        character: Character, text: String, columns: Int
    ) {
        #expect(Glyph(character).text == text)
        #expect(Glyph(character).columns == columns)
    }

    @Test(arguments: [
        ("plain\n", "plain\n"), ("a\tb\r\nc é", "a\tb\nc é"), ("\u{1B}]0;x\u{7}\n\u{202E}", "\\x1b]0;x\\x07\n\\u{202e}"),
        ("a\rb", "a\\x0db"), ("\u{9B}2J", "\\x9b2J"), ("", ""),
    ])
    func `a text of many lines is printed with nothing that would command the terminal`(text: String, printed: String) {
        #expect(text.printable == printed)
    }

    @Test(arguments: [
        ("", 10, [""]), ("one", 10, ["one"]), ("one two three", 7, ["one two", "three"]), ("one two three", 8, ["one two", "three"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]), ("ab cdefghij", 4, ["ab", "cdef", "ghij"]), ("a\n\nb", 5, ["a", "", "b"]),
        ("  indented text", 10, ["  indented", "text"]), ("日本語テキスト", 6, ["日本語", "テキス", "ト"]), ("a日本", 4, ["a日", "本"]),
        ("a\r\nb", 5, ["a", "b"]), ("x  y", 5, ["x  y"]), ("word   next", 6, ["word", "next"]),
        ("e\u{301}e\u{301}e\u{301}", 2, ["e\u{301}e\u{301}", "e\u{301}"]),
        ("\u{1B}[2J", 20, ["\\x1b[2J"]), ("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5, ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"]),
    ])
    func `text is wrapped at spaces and never inside a grapheme`(text: String, width: Int, rows: [String]) {
        #expect(TextWrap.rows(text, width: width).map(\.text) == rows)
    }

    /// The property that streaming stands on.
    @Test func `a row that another follows never changes, however the text is cut`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Seeded(state: seed)
        let alphabet = Array("ab cd  日本\n\t🙂e\u{301}\r\n")
        for _ in 0..<500 {
            let text = String((0..<Int.random(in: 0...60, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
            let width = Int.random(in: 2...12, using: &random)
            var stream = SpeechStream(call: "c", attempt: 1)
            var rows: [String] = []
            var rest = text[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...5, using: &random)
                rows += stream.add(String(rest.prefix(count)), width: width)
                rest = rest.dropFirst(count)
            }
            rows += stream.rest(of: text, width: width)
            while rows.last == "" { rows.removeLast() }
            var whole = SpeechStream.rows(text, width: width)
            while whole.last == "" { whole.removeLast() }
            #expect(rows == whole, "seed \(seed), width \(width), text \(text.debugDescription)")
            #expect(whole.allSatisfy { $0.columns <= max(width, 4) }, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 4, "日…"), ("日本語", 6, "日本語"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ])
    func `a text is cut at whole graphemes`(text: String, columns: Int, fitted: String) {
        #expect(text.fitted(to: columns, mark: "…") == fitted)
    }

    @Test(arguments: [
        (12, "12 ms"), (100, "0.1 s"), (4_120, "4.1 s"), (41_000, "41 s"), (200_000, "3 min 20 s"),
    ])
    func `times are written as people say them`(milliseconds: Int, text: String) {
        #expect(Figures.time(milliseconds: milliseconds) == text)
    }

    @Test(
        arguments: [
            (true, "xterm", nil, true, true), (true, "xterm", "1", false, true), (true, "xterm", "", true, true),
            (true, "dumb", nil, false, false), (true, nil, nil, false, false), (false, "xterm", nil, false, false),
        ] as [(Bool, String?, String?, Bool, Bool)])
    func `colour and editing are used only where they are wanted`(
        isTerminal: Bool, term: String?, noColour: String?, colour: Bool, canEdit: Bool
    ) {
        let traits = TerminalTraits(inputIsTerminal: isTerminal, outputIsTerminal: isTerminal, width: 90, utf8: true) {
            ["TERM": term, "NO_COLOR": noColour][$0] ?? nil
        }
        #expect(traits.colour == colour)
        #expect(traits.canEdit == canEdit)
        #expect(traits.width == (isTerminal ? 90 : nil))
    }
}

private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    /// SplitMix64.
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
