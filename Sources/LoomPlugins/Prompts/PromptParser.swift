/// A stretch of a prompt file.
struct PromptPiece: Hashable {
    enum Content: Hashable {
        case text(String)
        /// Lua code between `{{` and `}}`.
        case expression(String)
        /// Lua code between `{%` and `%}`.
        case statement(String)
    }

    let content: Content
    /// Where it begins.
    let line: Int
    /// Line ends the piece takes up in the file beside those in its code: a statement alone on its line takes the line with it.
    var sourceLines = 0
}

/// Splits a prompt file at its marks.
struct PromptParser {
    private let path: String
    private var rest: Substring
    private var line = 1
    /// Where the text after the front matter begins.
    private(set) var bodyLine = 1

    init(_ text: String, path: String) {
        self.path = path
        // Swift sees CR LF as one character; one kind of line end makes the output the same on every machine.
        rest = Substring(text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n"))
    }

    /// What may stand in the front matter.
    private static let keys = ["description"]

    mutating func takeFrontMatter() throws(PluginFault) -> [String: String] {
        guard rest.hasPrefix("---\n") else { return [:] }
        var fields: [String: String] = [:]
        _ = takeLine()
        while !rest.isEmpty {
            let number = line
            let text = String(takeLine()).trimmed
            if text == "---" {
                bodyLine = line
                return fields
            }
            if text.isEmpty || text.hasPrefix("#") { continue }
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
                throw PluginFault(path: path, line: number, cause: "front matter is lines of key: value, this is \"\(text)\"")
            }
            let key = String(text[..<colon]).trimmed
            guard Self.keys.contains(key) else {
                throw PluginFault(
                    path: path, line: number, cause: "front matter has no key \"\(key)\"\(NearestName.hint(key, in: Self.keys))")
            }
            fields[key] = String(text[text.index(after: colon)...]).trimmed
        }
        throw PluginFault(path: path, line: 1, cause: "the front matter has no second line of ---")
    }

    private mutating func takeLine() -> Substring {
        let end = rest.firstIndex(of: "\n") ?? rest.endIndex
        let text = rest[..<end]
        rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
        line += 1
        return text
    }

    mutating func takePieces() throws(PluginFault) -> [PromptPiece] {
        var pieces: [PromptPiece] = []
        while !rest.isEmpty {
            let mark = nextMark()
            let text = rest[..<mark]
            rest = rest[mark...]
            append(text, to: &pieces)
            guard !rest.isEmpty else { break }
            let isStatement = rest.hasPrefix("{%")
            let start = line
            let code = try takeCode(until: isStatement ? "%}" : "}}")
            if isStatement {
                swallowLine(around: &pieces)
                pieces.append(PromptPiece(content: .statement(code), line: start))
                takeRestOfSwallowedLine(&pieces)
            } else {
                pieces.append(PromptPiece(content: .expression(code), line: start))
            }
        }
        return pieces
    }

    private func nextMark() -> Substring.Index {
        var index = rest.startIndex
        while let brace = rest[index...].firstIndex(of: "{") {
            let next = rest.index(after: brace)
            if next < rest.endIndex, rest[next] == "{" || rest[next] == "%" { return brace }
            index = next
        }
        return rest.endIndex
    }

    private mutating func append(_ text: Substring, to pieces: inout [PromptPiece]) {
        guard !text.isEmpty else { return }
        let lines = text.count { $0 == "\n" }
        pieces.append(PromptPiece(content: .text(String(text)), line: line, sourceLines: lines))
        line += lines
    }

    private mutating func takeCode(until end: String) throws(PluginFault) -> String {
        let start = line
        let opening = rest.prefix(2)
        rest.removeFirst(2)
        guard let range = rest.firstRange(of: end) else {
            throw PluginFault(path: path, line: start, cause: "\(opening) is not closed by \(end)")
        }
        let code = rest[..<range.lowerBound]
        rest = rest[range.upperBound...]
        line += code.count { $0 == "\n" }
        guard !String(code).trimmed.isEmpty else {
            throw PluginFault(path: path, line: start, cause: "there is nothing between \(opening) and \(end)")
        }
        return String(code)
    }

    /// Set while a statement that stands alone on its line is being taken: the line's end belongs to the statement.
    private var swallows = false

    /// Removes the blanks before a statement that has its line for itself.
    private mutating func swallowLine(around pieces: inout [PromptPiece]) {
        swallows = false
        let after = rest.prefix { $0 != "\n" }
        guard after.allSatisfy({ $0 == " " || $0 == "\t" }) else { return }
        guard let last = pieces.last else {
            swallows = true
            return
        }
        switch last.content {
        case .statement, .expression:
            return
        case .text(let text):
            var kept = text[...]
            while let end = kept.last, end == " " || end == "\t" { kept.removeLast() }
            let startsLine =
                if kept.isEmpty {
                    last.endsLine || pieces.count == 1 || pieces[pieces.count - 2].endsLine
                } else {
                    kept.last == "\n"
                }
            guard startsLine else { return }
            swallows = true
            pieces[pieces.count - 1] = PromptPiece(content: .text(String(kept)), line: last.line, sourceLines: last.sourceLines)
        }
    }

    private mutating func takeRestOfSwallowedLine(_ pieces: inout [PromptPiece]) {
        guard swallows else { return }
        let blank = rest.prefix { $0 != "\n" }
        rest = rest[blank.endIndex...]
        guard rest.first == "\n" else { return }
        rest.removeFirst()
        pieces.append(PromptPiece(content: .text(""), line: line, sourceLines: 1))
        line += 1
    }
}

extension PromptPiece {
    /// True when what follows begins a line.
    fileprivate var endsLine: Bool {
        if case .text(let text) = content { return text.isEmpty ? sourceLines > 0 : text.hasSuffix("\n") }
        return false
    }
}
