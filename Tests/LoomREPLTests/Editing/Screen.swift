@testable import LoomREPL

/// A terminal's screen, as far as the editor uses one: enough to see what a person would.
struct Screen {
    let width: Int
    let height: Int
    private(set) var cells: [[String]]
    private(set) var row = 0
    private(set) var column = 0
    private(set) var unknown: [String] = []
    /// Whether pasted text is told from typed one.
    private(set) var marksPastes = false
    /// Rows that left at the top.
    private(set) var scrolled: [String] = []
    private var pendingWrap = false
    private var held: [UInt8] = []

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        self.cells = Array(repeating: Array(repeating: " ", count: width), count: height)
    }

    /// The rows up to the last that is not empty, spaces at their ends cut.
    var rows: [String] {
        var rows = self.cells.map { row in
            let text = row.joined()
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        while rows.last == "" { rows.removeLast() }
        return rows
    }

    mutating func feed(_ bytes: some Sequence<UInt8>) {
        self.held += bytes
        // An incomplete UTF-8 scalar or escape sequence waits for its rest.
        var end = self.held.count
        while end > 0, self.held[end - 1] & 0xC0 == 0x80 { end -= 1 }
        if end > 0, self.held[end - 1] >= 0xC0 {
            let lead = self.held[end - 1]
            let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
            end = self.held.count - (end - 1) >= length ? self.held.count : end - 1
        } else {
            end = self.held.count
        }
        let scalars = Array(String(decoding: self.held[..<end], as: UTF8.self).unicodeScalars)
        var index = 0
        while index < scalars.count {
            let used = self.take(scalars[index...])
            if used == 0 { break }
            index += used
        }
        let rest = String(String.UnicodeScalarView(scalars[index...]))
        self.held = Array(rest.utf8) + self.held[end...]
    }

    /// How many scalars were used; none when more are needed.
    private mutating func take(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
        guard let first = scalars.first else { return 0 }
        switch first {
        case "\r":
            self.column = 0
            self.pendingWrap = false
        case "\n":
            self.pendingWrap = false
            self.lineFeed()
        case "\u{8}":
            self.column = max(0, self.column - 1)
            self.pendingWrap = false
        case "\u{7}", "\0": break
        case "\u{1B}": return self.escape(scalars)
        default: self.draw(first)
        }
        return 1
    }

    private mutating func lineFeed() {
        guard self.row == self.height - 1 else {
            self.row += 1
            return
        }
        let top = self.cells.removeFirst().joined()
        self.scrolled.append(String(top.reversed().drop { $0 == " " }.reversed()))
        self.cells.append(Array(repeating: " ", count: self.width))
    }

    private mutating func draw(_ scalar: Unicode.Scalar) {
        let columns = Glyph.width(of: scalar)
        if columns == 0 {
            self.cells[self.row][max(0, self.column - 1)] += String(scalar)
            return
        }
        if self.pendingWrap || self.column + columns > self.width {
            self.column = 0
            self.pendingWrap = false
            self.lineFeed()
        }
        self.cells[self.row][self.column] = String(scalar)
        if columns == 2 { self.cells[self.row][self.column + 1] = "" }
        self.column += columns
        if self.column >= self.width {
            self.column = self.width - 1
            self.pendingWrap = true
        }
    }

    private mutating func escape(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
        let sequence = Array(scalars)
        guard sequence.count > 1 else { return 0 }
        guard sequence[1] == "[" else { return 2 }
        guard let end = sequence.dropFirst(2).firstIndex(where: { ("@"..."~").contains($0) }) else { return 0 }
        let parameters = String(String.UnicodeScalarView(sequence[2..<end]))
        let count = max(1, Int(parameters.split(separator: ";").first ?? "") ?? 1)
        self.pendingWrap = false
        switch sequence[end] {
        case "A": self.row = max(0, self.row - count)
        case "B": self.row = min(self.height - 1, self.row + count)
        case "C": self.column = min(self.width - 1, self.column + count)
        case "D": self.column = max(0, self.column - count)
        case "G": self.column = min(self.width - 1, count - 1)
        case "K": self.erase(self.row, from: self.column)
        case "J":
            self.erase(self.row, from: self.column)
            for row in (self.row + 1)..<max(self.row + 1, self.height) { self.erase(row, from: 0) }
        case "P":
            self.cells[self.row].removeSubrange(self.column..<min(self.width, self.column + count))
            self.fill()
        case "@":
            self.cells[self.row].insert(contentsOf: Array(repeating: " ", count: count), at: self.column)
            self.cells[self.row] = Array(self.cells[self.row].prefix(self.width))
        case "h" where parameters == "?2004": self.marksPastes = true
        case "l" where parameters == "?2004": self.marksPastes = false
        case "h", "l", "m": break
        default: self.unknown.append(String(String.UnicodeScalarView(sequence[...end])))
        }
        return end + 1
    }

    private mutating func erase(_ row: Int, from column: Int) {
        for place in column..<self.width { self.cells[row][place] = " " }
    }

    private mutating func fill() {
        let missing = self.width - self.cells[self.row].count
        if missing > 0 { self.cells[self.row] += Array(repeating: " ", count: missing) }
    }
}
