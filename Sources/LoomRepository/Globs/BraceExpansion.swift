/// Writes `a{b,c{d,e}}` out as `ab`, `acd`, `ace`.
enum BraceExpansion {
    /// More alternatives than anybody writes by hand; each is matched against each file.
    static let limit = 256

    /// Deeper than anybody writes by hand; each brace in a brace takes some of the stack.
    static let depthLimit = 16

    static func expand(_ pattern: String) throws(Glob.Malformed) -> [String] {
        var rest = Array(pattern)[...]
        return try sequence(&rest, pattern: pattern, depth: 0)
    }

    /// Reads up to the end, or up to the `,` or `}` that ends an alternative.
    private static func sequence(
        _ rest: inout ArraySlice<Character>, pattern: String, depth: Int
    ) throws(Glob.Malformed) -> [String] {
        var results = [""]
        var isInBrackets = false
        while let character = rest.first {
            if depth > 0, !isInBrackets, character == "," || character == "}" { return results }
            rest.removeFirst()
            switch character {
            case "\\":
                let escaped = rest.popFirst().map { String($0) } ?? ""
                append(["\\" + escaped], to: &results)
            case "{" where !isInBrackets:
                let endings = try alternatives(&rest, pattern: pattern, depth: depth + 1)
                // Before they are multiplied out: the product may not fit into memory.
                guard results.count * endings.count <= limit else { throw tooMany(pattern) }
                append(endings, to: &results)
            case "[", "]":
                // Only a bracket that is closed again is a set; in it, braces are ordinary characters.
                isInBrackets = character == "[" && (isInBrackets || rest.dropFirst().contains("]"))
                append([String(character)], to: &results)
            default: append([String(character)], to: &results)
            }
        }
        return results
    }

    private static func alternatives(
        _ rest: inout ArraySlice<Character>, pattern: String, depth: Int
    ) throws(Glob.Malformed) -> [String] {
        guard depth <= depthLimit else {
            throw .init(pattern: pattern, reason: "its braces stand more than \(depthLimit) deep in each other. Use fewer.")
        }
        var all: [String] = []
        while true {
            all += try sequence(&rest, pattern: pattern, depth: depth)
            guard all.count <= limit else { throw tooMany(pattern) }
            switch rest.popFirst() {
            case ",": continue
            case "}": return all
            default: throw .init(pattern: pattern, reason: "a { has no closing }. Write \\{ for a brace in a name.")
            }
        }
    }

    private static func tooMany(_ pattern: String) -> Glob.Malformed {
        .init(pattern: pattern, reason: "its braces stand for more than \(limit) patterns. Use fewer.")
    }

    private static func append(_ endings: [String], to results: inout [String]) {
        if endings.count == 1 {
            for index in results.indices { results[index] += endings[0] }
        } else {
            results = results.flatMap { start in endings.map { start + $0 } }
        }
    }
}
