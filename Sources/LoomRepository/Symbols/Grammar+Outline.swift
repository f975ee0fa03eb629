import CTreeSitter

extension Grammar {
    /// Microseconds that parsing may take, and seconds for finding the definitions afterwards.
    private static let parseLimit: UInt64 = 3_000_000
    private static let matchLimit = Duration.seconds(3)

    /// Definitions of a source in UTF-8, found by blocking the thread until it is parsed.
    func outline(of source: [UInt8]) throws(OutlineError) -> Outline {
        guard source.count <= Outline.sizeLimit else { throw .tooLarge(size: source.count, limit: Outline.sizeLimit) }
        let parser = ts_parser_new()
        defer { ts_parser_delete(parser) }
        guard ts_parser_set_language(parser, self.language) else {
            throw .refused(language: self.name, reason: "the installed tree-sitter does not take it")
        }
        ts_parser_set_timeout_micros(parser, Self.parseLimit)
        let tree = source.withUnsafeBytes { bytes in
            ts_parser_parse_string(parser, nil, bytes.bindMemory(to: CChar.self).baseAddress, UInt32(bytes.count))
        }
        guard let tree else { throw .tooSlow }
        defer { ts_tree_delete(tree) }
        return Outline(language: self.name, symbols: Self.nested(try self.definitions(in: tree, source)))
    }

    private struct Definition {
        /// Bytes of what is defined.
        var range: Range<UInt32>
        var lines: ClosedRange<Int>
        var kind: String
        /// The earlier of two patterns of the same name is the more exact one.
        var pattern: UInt16
        let name: String
    }

    private func definitions(in tree: OpaquePointer, _ source: [UInt8]) throws(OutlineError) -> [Definition] {
        let cursor = ts_query_cursor_new()
        defer { ts_query_cursor_delete(cursor) }
        // Bounds memory and time on sources such as a hundred thousand comments in a row.
        ts_query_cursor_set_match_limit(cursor, 1 << 12)
        ts_query_cursor_exec(cursor, self.query, ts_tree_root_node(tree))
        let end = ContinuousClock.now + Self.matchLimit
        /// By the byte where the name begins: several patterns may fit one definition.
        var found: [UInt32: Definition] = [:]
        var match = TSQueryMatch()
        while ts_query_cursor_next_match(cursor, &match) {
            guard ContinuousClock.now < end else { throw .tooSlow }
            let captures = UnsafeBufferPointer(start: match.captures, count: Int(match.capture_count))
            func text(_ number: UInt32) -> String {
                captures.first { $0.index == number }.map { Self.text($0.node, source) } ?? ""
            }
            guard self.predicates[Int(match.pattern_index)].allSatisfy({ $0.holds(text) }),
                let name = captures.first(where: { $0.index == self.nameCapture })?.node,
                let capture = captures.first(where: { self.definitions[$0.index] != nil }), let kind = self.definitions[capture.index]
            else { continue }
            let node = Self.whole(capture.node)
            let range = ts_node_start_byte(node)..<max(ts_node_start_byte(node), ts_node_end_byte(node))
            let new = Definition(
                range: range, lines: Self.lines(node), kind: kind, pattern: match.pattern_index, name: Self.text(name, source))
            let place = ts_node_start_byte(name)
            found[place] = found[place].map { Self.merged($0, new) } ?? new
        }
        return Array(found.values)
    }

    /// Two patterns for one name: the kind of the earlier one, and the narrower place (Rust's methods are found by the whole
    /// list they stand in).
    private static func merged(_ one: Definition, _ other: Definition) -> Definition {
        var merged = one.range.count <= other.range.count ? one : other
        merged.kind = one.pattern <= other.pattern ? one.kind : other.kind
        merged.pattern = min(one.pattern, other.pattern)
        return merged
    }

    /// C's function is found by its declarator, which is without the body.
    private static func whole(_ node: TSNode) -> TSNode {
        var node = node
        while String(cString: ts_node_type(node)).hasSuffix("declarator") {
            let parent = ts_node_parent(node)
            if ts_node_is_null(parent) { break }
            node = parent
        }
        return node
    }

    private static func lines(_ node: TSNode) -> ClosedRange<Int> {
        let first = Int(ts_node_start_point(node).row) + 1
        let end = ts_node_end_point(node)
        // A node that ends before the first column of a line ends with the line before.
        let last = Int(end.row) + (end.column == 0 ? 0 : 1)
        return first...max(first, last)
    }

    private static func text(_ node: TSNode, _ source: [UInt8]) -> String {
        let start = min(Int(ts_node_start_byte(node)), source.count)
        let end = min(max(start, Int(ts_node_end_byte(node))), source.count)
        return String(decoding: source[start..<end], as: UTF8.self)
    }

    private static func nested(_ definitions: [Definition]) -> [Outline.Symbol] {
        let ordered = definitions.sorted {
            ($0.range.lowerBound, $1.range.upperBound, $0.name) < ($1.range.lowerBound, $0.range.upperBound, $1.name)
        }
        var around: [Range<UInt32>] = []
        return ordered.map { definition in
            // The last one begins no later; it is around this one when it ends no earlier and is not the very same.
            while let last = around.last, last == definition.range || last.upperBound < definition.range.upperBound {
                around.removeLast()
            }
            defer { around.append(definition.range) }
            return Outline.Symbol(
                kind: definition.kind, name: definition.name, firstLine: definition.lines.lowerBound,
                lastLine: definition.lines.upperBound, depth: around.count)
        }
    }
}
