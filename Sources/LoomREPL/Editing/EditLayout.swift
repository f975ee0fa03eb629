import CEdit

/// Where libedit drew the cursor. It does not tell, so its rules of drawing are followed here: tabs to every eighth
/// column, control characters in two, a wide character that does not fit moves to the next row.
struct EditLayout {
    let width: Int
    private(set) var row = 0
    private var column = 0

    /// The row of the cursor, from the first row of the prompt.
    static func cursorRow(
        prompt: String, text: some Sequence<Unicode.Scalar>, cursor: Int, width: Int
    ) -> Int {
        var layout = EditLayout(width: max(2, width))
        for scalar in prompt.unicodeScalars { layout.add(scalar) }
        for (index, scalar) in text.enumerated() {
            if index == cursor { return layout.row(before: scalar) }
            layout.add(scalar)
        }
        return layout.row
    }

    private init(width: Int) { self.width = width }

    private func row(before scalar: Unicode.Scalar) -> Int {
        let columns = Glyph.width(of: scalar)
        return columns > 1 && self.column + columns > self.width ? self.row + 1 : self.row
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n":
            self.row += 1
            self.column = 0
        case "\t":
            repeat { self.advance(1) } while self.column % 8 != 0
        case "\0"..<" ", "\u{7F}":
            self.advance(1)
            self.advance(1)
        default:
            if cedit_is_printable(scalar.value) != 0 {
                self.advance(Glyph.width(of: scalar))
            } else if scalar.value < 0x100 {
                for _ in 0..<2 { self.advance(1) }
            } else {
                // Drawn as `\U+1234` or `\U+12345`.
                for _ in 0..<(scalar.value > 0xFFFF ? 8 : 7) { self.advance(1) }
            }
        }
    }

    private mutating func advance(_ columns: Int) {
        while self.column + columns > self.width, columns > 0 { self.step(1) }
        self.step(columns)
    }

    private mutating func step(_ columns: Int) {
        self.column += columns
        guard self.column >= self.width else { return }
        self.row += 1
        self.column = 0
    }
}
