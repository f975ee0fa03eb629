import LoomSystem

/// Searches line by line in this process; for machines without ripgrep. Slower, otherwise the same.
///
/// Swift's regular expressions try one way after the other, so there are patterns that take for ever on a long line.
/// Lines are therefore looked at up to `lineLimit`, and `ContentSearch` does not wait beyond the query's time.
struct LineScan: Sendable {
    /// In bytes.
    private static let lineLimit = 4096

    let query: ContentQuery
    let scope: SearchScope
    let files: any FileSystem
    /// Whether to end with what there is.
    let timeIsUp: @Sendable () -> Bool

    func run() throws(SearchError) -> ContentMatches {
        let expression = try expression()
        var collector = MatchCollector(query)
        func search(_ path: String) -> Bool {
            if timeIsUp() {
                collector.timeIsUp()
                return false
            }
            return scan(path, for: expression, into: &collector)
        }
        if let target = scope.target {
            _ = search(target)
        } else {
            FolderWalk(root: scope.folder, files: files).forEachFile { path, kind in kind != .file || search(path) }
        }
        return collector.finished()
    }

    private func expression() throws(SearchError) -> Regex<AnyRegexOutput> {
        do {
            let expression = query.isLiteral ? Regex<AnyRegexOutput>(verbatim: query.pattern) : try Regex(query.pattern)
            return expression.ignoresCase(!query.isCaseSensitive).matchingSemantics(.unicodeScalar)
        } catch {
            throw .pattern(query.pattern, reason: "\(error)")
        }
    }

    private func scan(_ path: String, for expression: Regex<AnyRegexOutput>, into collector: inout MatchCollector) -> Bool {
        guard let name = scope.name(of: path),
            let bytes = try? files.read(FilePath.join(scope.folder, path), limit: ContentQuery.fileSizeLimit),
            !TextEncoding.isBinary(bytes), let text = TextEncoding.decode(bytes)?.text
        else { return true }
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        func line(_ index: Int) -> String { String(Substring(lines[index])).cut(to: Self.lineLimit, around: 0) }
        var matchCount = 0
        var firstUnshown = 0
        var contextEnd = 0
        for index in lines.indices {
            if timeIsUp() {
                collector.timeIsUp()
                return false
            }
            let text = line(index)
            guard let match = try? expression.firstMatch(in: text) else {
                guard index < contextEnd else { continue }
                collector.addContext(path: name, number: index + 1, text: text)
                firstUnshown = index + 1
                continue
            }
            matchCount += 1
            if query.mode == .files { break }
            if query.mode == .count { continue }
            for above in max(firstUnshown, index - query.context)..<index {
                collector.addContext(path: name, number: above + 1, text: line(above))
            }
            let offset = text.utf8.distance(from: text.startIndex, to: match.range.lowerBound)
            guard collector.addMatch(path: name, number: index + 1, text: text, at: offset) else { return false }
            firstUnshown = index + 1
            contextEnd = firstUnshown + query.context
        }
        return query.mode == .content || matchCount == 0 || collector.addFile(path: name, matchCount: matchCount)
    }
}
