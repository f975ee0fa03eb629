/// Gathers what a search finds until the query's limit is reached.
struct MatchCollector: Sendable {
    private let query: ContentQuery
    private(set) var matches = ContentMatches()
    private var taken = 0

    init(_ query: ContentQuery) {
        self.query = query
    }

    /// Takes a matching line and says whether to go on. Only a match beyond the limit ends the search, so that the lines
    /// after the last one still come, and "there is more" is known instead of guessed.
    mutating func addMatch(path: String, number: Int, text: String, at offset: Int) -> Bool {
        guard hasRoom() else { return false }
        taken += 1
        add(.init(number: number, text: text.cut(to: query.lineLimit, around: offset), isMatch: true), to: path)
        matches.files[matches.files.count - 1].matchCount += 1
        return true
    }

    mutating func addContext(path: String, number: Int, text: String) {
        add(.init(number: number, text: text.cut(to: query.lineLimit, around: 0), isMatch: false), to: path)
    }

    /// Takes a file in the modes that show no lines.
    mutating func addFile(path: String, matchCount: Int) -> Bool {
        guard hasRoom() else { return false }
        taken += 1
        matches.files.append(.init(path: path, matchCount: matchCount))
        return true
    }

    mutating func timeIsUp() {
        matches.end = .time
    }

    private mutating func hasRoom() -> Bool {
        if taken == query.limit { matches.end = .limit }
        return taken < query.limit
    }

    private mutating func add(_ line: ContentMatches.Line, to path: String) {
        if matches.files.last?.path != path { matches.files.append(.init(path: path, matchCount: 0)) }
        matches.files[matches.files.count - 1].lines.append(line)
    }
}

extension MatchCollector {
    /// What was gathered. Lines before a match that no longer fitted belong to nothing and are left out.
    func finished() -> ContentMatches {
        var result = matches
        if result.end == .limit, query.mode == .content, let last = result.files.indices.last {
            if result.files[last].matchCount == 0 {
                result.files.remove(at: last)
            } else if let lastMatch = result.files[last].lines.lastIndex(where: \.isMatch) {
                let number = result.files[last].lines[lastMatch].number
                result.files[last].lines.removeAll { $0.number > number + query.context }
            }
        }
        return result
    }
}

extension String {
    /// At most about `limit` bytes of a line without its end: the part around an offset in bytes, with `…` for the rest.
    func cut(to limit: Int, around offset: Int) -> String {
        var bytes = utf8[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard bytes.count > limit else { return String(Substring(bytes)) }
        // A third before the match: what follows says more than what precedes.
        let start = max(0, min(offset - limit / 3, bytes.count - limit))
        let from = bytes.index(bytes.startIndex, offsetBy: start)
        let to = bytes.index(from, offsetBy: limit)
        // The scalar that a cut goes through is left out.
        var part = bytes[from..<to]
        while let first = part.first, first & 0xC0 == 0x80 { part.removeFirst() }
        if to < bytes.endIndex, bytes[to] & 0xC0 == 0x80 {
            while let last = part.last {
                part.removeLast()
                if last & 0xC0 != 0x80 { break }
            }
        }
        return (start > 0 ? "…" : "") + String(Substring(part)) + (to < bytes.endIndex ? "…" : "")
    }
}
