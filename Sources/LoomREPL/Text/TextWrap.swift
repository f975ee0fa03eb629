/// Breaks text into rows of at most so many columns, at spaces where there are any.
///
/// Greedy from the left, so a row is final as soon as another follows it: that is what lets streamed text be printed row
/// by row and never be taken back.
package struct TextWrap: Sendable {
    package struct Row: Hashable, Sendable {
        /// As it is shown; spaces at a break are gone.
        package var text: String
        /// Where in the source the next row begins.
        package var end: String.Index
    }

    private struct Word {
        var text = ""
        var columns = 0
        var end: String.Index
    }

    private let source: String
    private let width: Int
    private var rows: [Row] = []
    private var row = ""
    private var used = 0
    private var gap = 0
    private var word: Word

    /// Rows of `text`; at least one for each of its lines. `width` nil breaks at line ends only.
    package static func rows(_ text: String, width: Int?) -> [Row] {
        var wrap = TextWrap(text, width: max(2, width ?? .max))
        wrap.run()
        return wrap.rows
    }

    private init(_ source: String, width: Int) {
        self.source = source
        self.width = width
        self.word = Word(end: source.startIndex)
    }

    private mutating func run() {
        var index = self.source.startIndex
        while index < self.source.endIndex {
            let character = self.source[index]
            let next = self.source.index(after: index)
            if character.isLineEnd {
                self.endWord()
                self.endRow(next)
            } else if character == " " || character == "\t" {
                self.endWord()
                self.gap += Glyph(character).columns
                // Spaces that begin a line are the author's indentation.
                if self.row.isEmpty { self.indent() }
                self.word.end = next
            } else {
                self.add(Glyph(character), at: index, next)
            }
            index = next
        }
        self.endWord()
        self.endRow(self.source.endIndex)
    }

    private mutating func indent() {
        let columns = min(self.gap, self.width / 2 - self.used)
        self.gap = 0
        guard columns > 0, self.startsLine else { return }
        self.row += String(repeating: " ", count: columns)
        self.used += columns
    }

    private var startsLine: Bool {
        guard let last = self.rows.last else { return true }
        return last.end > self.source.startIndex && self.source[self.source.index(before: last.end)].isLineEnd
    }

    private mutating func add(_ glyph: Glyph, at index: String.Index, _ next: String.Index) {
        if self.word.columns + glyph.columns > self.width {
            // Longer than a whole row: it is broken where the row ends.
            self.endWord()
            self.endRow(index)
        } else if self.used > 0, self.used + self.gap + self.word.columns + glyph.columns > self.width {
            self.endRow(self.word.text.isEmpty ? index : self.wordStart)
        }
        if self.word.text.isEmpty { self.wordStart = index }
        self.word.text += glyph.text
        self.word.columns += glyph.columns
        self.word.end = next
    }

    private var wordStart = "".startIndex

    private mutating func endWord() {
        guard !self.word.text.isEmpty else { return }
        self.row += String(repeating: " ", count: self.gap) + self.word.text
        self.used += self.gap + self.word.columns
        self.gap = 0
        self.word = Word(end: self.word.end)
    }

    private mutating func endRow(_ end: String.Index) {
        self.rows.append(Row(text: self.row.allSatisfy { $0 == " " } ? "" : self.row, end: end))
        self.row = ""
        self.used = 0
        self.gap = 0
    }
}
