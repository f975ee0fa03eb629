/// Where in a Lua source the fields of its tables are written.
///
/// A Lua table does not know where it came from, but an error about a field must name a line. This reads the source just
/// closely enough to see `name =` at each depth of braces; a plugin that builds its table in another way gets a
/// nearby line.
struct FieldLines {
    private struct Entry {
        let path: [String]
        let line: Int
    }

    private var entries: [Entry] = []
    private var returnLine = 1

    init(_ source: String) {
        var scanner = LuaScanner(source)
        var open: [String?] = []
        var pending: String?
        // Function bodies and other blocks assign to names that are no fields.
        var blocks = 0
        while let token = scanner.next() {
            switch token.kind {
            case .open:
                open.append(pending)
                pending = nil
            case .close:
                _ = open.popLast()
            case .name("function"), .name("do"), .name("if"), .name("repeat"):
                blocks += 1
                pending = nil
            case .name("end"), .name("until"):
                blocks -= 1
            case .name(let name):
                if name == "return", open.isEmpty, blocks == 0 { returnLine = token.line }
            case .assign(let name):
                guard blocks == 0 else { continue }
                entries.append(Entry(path: open.compactMap(\.self) + [name], line: token.line))
                pending = name
            case .other:
                pending = nil
            }
        }
    }

    /// The line of the field at this path, or of its nearest parent that is written down, else of the last `return`.
    func line(of path: [String]) -> Int {
        for length in stride(from: path.count, to: 0, by: -1) {
            let wanted = path[..<length]
            if let exact = entries.last(where: { $0.path.elementsEqual(wanted) }) { return exact.line }
            if let ending = entries.last(where: { $0.path.reversed().starts(with: wanted.reversed()) }) { return ending.line }
        }
        return returnLine
    }
}

/// Splits Lua into what `FieldLines` looks at: names, braces, and `name =`; comments and strings are skipped.
private struct LuaScanner {
    enum Kind: Equatable {
        case open, close, other
        case name(String)
        /// `name =` or `["name"] =`.
        case assign(String)
    }

    struct Token {
        let kind: Kind
        let line: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ source: String) { bytes = Array(source.utf8) }

    mutating func next() -> Token? {
        while position < bytes.count {
            let start = line
            switch bytes[position] {
            case UInt8(ascii: "{"):
                position += 1
                return Token(kind: .open, line: start)
            case UInt8(ascii: "}"):
                position += 1
                return Token(kind: .close, line: start)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                skipString()
                return Token(kind: .other, line: start)
            case UInt8(ascii: "-") where at(1) == UInt8(ascii: "-"):
                position += 2
                if !skipLongBracket() { skipLine() }
            case UInt8(ascii: "["):
                if let name = bracketedName() { return Token(kind: .assign(name), line: start) }
                if !skipLongBracket() { position += 1 }
                return Token(kind: .other, line: start)
            case let byte where Self.startsName(byte):
                let name = takeName()
                return Token(kind: isAssigned ? .assign(name) : .name(name), line: start)
            case let byte:
                position += 1
                if byte == UInt8(ascii: "\n") { line += 1 }
                if byte > UInt8(ascii: " "), byte != UInt8(ascii: "=") { return Token(kind: .other, line: start) }
            }
        }
        return nil
    }

    private func at(_ offset: Int) -> UInt8? {
        bytes.indices.contains(position + offset) ? bytes[position + offset] : nil
    }

    private static func startsName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private mutating func takeName() -> String {
        let start = position
        while let byte = at(0), Self.startsName(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// True when the next sign is a `=` that is no comparison.
    private var isAssigned: Bool {
        var ahead = 0
        while let byte = at(ahead), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { ahead += 1 }
        return at(ahead) == UInt8(ascii: "=") && at(ahead + 1) != UInt8(ascii: "=")
    }

    /// Takes `["name"]` before a `=`; leaves the position where it was when there is none.
    private mutating func bracketedName() -> String? {
        let start = position
        position += 1
        if let quote = at(0), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            position += 1
            let name = takeName()
            if at(0) == quote, at(1) == UInt8(ascii: "]") {
                position += 2
                if isAssigned { return name }
            }
        }
        position = start
        return nil
    }

    private mutating func skipString() {
        let quote = bytes[position]
        position += 1
        while let byte = at(0), byte != quote {
            if byte == UInt8(ascii: "\n") { line += 1 }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    private mutating func skipLine() {
        while let byte = at(0), byte != UInt8(ascii: "\n") { position += 1 }
    }

    /// Skips `[[ ... ]]` or `[==[ ... ]==]`; false when there is none here.
    private mutating func skipLongBracket() -> Bool {
        guard at(0) == UInt8(ascii: "[") else { return false }
        var level = 0
        while at(1 + level) == UInt8(ascii: "=") { level += 1 }
        guard at(1 + level) == UInt8(ascii: "[") else { return false }
        let end = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        position += level + 2
        while position < bytes.count {
            if bytes[position...].starts(with: end) {
                position += end.count
                return true
            }
            if bytes[position] == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
        return true
    }
}
