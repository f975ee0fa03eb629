import CEdit

/// One grapheme as it may be shown: nothing that reached us from a model, a tool or a file can move the cursor, change a
/// colour or turn the direction of writing. What would is shown as a visible escape.
package struct Glyph: Sendable, Hashable {
    package let text: String
    /// Terminal columns, by `wcwidth`.
    package let columns: Int

    package init(_ character: Character) {
        if let byte = character.asciiValue {
            switch byte {
            case 0x20..<0x7F:
                self.init(text: String(character), columns: 1)
            case 0x09:
                self.init(text: "    ", columns: 4)
            default:
                self.init(text: Self.escape(character.unicodeScalars), columns: nil)
            }
            return
        }
        if Self.isUnsafe(character) {
            self.init(text: Self.escape(character.unicodeScalars), columns: nil)
        } else {
            self.init(text: String(character), columns: Self.width(of: character))
        }
    }

    private init(text: String, columns: Int?) {
        self.text = text
        self.columns = columns ?? text.count
    }

    private static func isUnsafe(_ character: Character) -> Bool {
        let isEmoji = character.unicodeScalars.first.map { $0.properties.isEmoji && $0.value > 0xFF } ?? false
        return character.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x00...0x1F, 0x7F...0x9F: true
            // Line and paragraph separators, and what turns the direction of writing.
            case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
            // Tags draw nothing; they belong to flags and hide text elsewhere.
            case 0xE0000...0xE007F: !isEmoji
            default: false
            }
        }
    }

    private static func escape(_ scalars: Character.UnicodeScalarView) -> String {
        scalars.map { scalar in
            let hex = String(scalar.value, radix: 16)
            switch scalar.value {
            case 0x20..<0x7F: return String(scalar)
            case ..<0x10: return "\\x0\(hex)"
            case ..<0x100: return "\\x\(hex)"
            default: return "\\u{\(hex)}"
            }
        }.joined()
    }

    private static func width(of character: Character) -> Int {
        _ = TextLocale.isUTF8
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        // An emoji of several parts, and one told to be drawn as an emoji, take two columns whatever its parts would.
        if scalars.contains(where: { $0.value == 0x200D || $0.value == 0xFE0F }), first.properties.isEmoji { return 2 }
        return min(2, scalars.reduce(0) { $0 + self.width(of: $1) })
    }

    /// Columns of one scalar; zero for what is not printed.
    static func width(of scalar: Unicode.Scalar) -> Int {
        _ = TextLocale.isUTF8
        return max(0, Int(cedit_columns(scalar.value)))
    }
}

extension String {
    /// The text on one line, safe to show: line ends become spaces.
    package var shown: String {
        self.reduce(into: "") { $0 += $1.isLineEnd ? " " : Glyph($1).text }
    }

    /// Safe to show, line ends and tabs kept.
    package var printable: String {
        // Nearly all there is to print is this plain, and tables can be long.
        if self.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 }) { return self }
        return self.reduce(into: "") { $0 += $1.isLineEnd ? "\n" : $1 == "\t" ? "\t" : Glyph($1).text }
    }

    /// Terminal columns of the text as it is shown.
    package var columns: Int { self.reduce(0) { $0 + Glyph($1).columns } }

    /// Cut to `columns`, with `mark` where something was left out. Never splits a grapheme.
    package func fitted(to columns: Int, mark: String) -> String {
        guard self.columns > columns else { return self }
        let room = columns - mark.count
        var used = 0
        var result = ""
        for character in self {
            let width = Glyph(character).columns
            guard used + width <= room else { break }
            used += width
            result.append(character)
        }
        return result + mark
    }

    /// Filled with spaces up to `columns`.
    package func padded(to columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - self.columns))
    }
}

extension Character {
    /// A carriage return before a line feed is part of the line end, not of the text.
    var isLineEnd: Bool { self == "\n" || self == "\r\n" }
}
