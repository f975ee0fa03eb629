/// A pattern for file names and paths: `*`, `?`, `**`, `[a-z]`, `{a,b}`, and `\` before a character that is meant itself.
///
///     try Glob("Sources/**/*.{c,h}").matches("Sources/loomkin/main.c")  // true
///
/// `*` and `?` never match a slash; `**` stands for any number of folders. A pattern without a slash is matched against
/// the last part of a path, so `*.md` finds Markdown at any depth and `./*.md` only at the top.
/// Names that begin with a dot are names like all others. Case matters.
package struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with a pattern; the text names it and says what to write instead.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let pattern: String
        let reason: String

        package var description: String { "The glob \"\(pattern)\" can't be read: \(reason)" }
    }

    package let description: String

    private let alternatives: [Wildcard]

    /// The same as lines of an ignore file, where a pattern with a slash must say that it begins at the top.
    let ignoreLines: [String]

    private let matchesNameOnly: Bool

    /// In bytes: the longest path that Linux takes, and so more than can match.
    private static let sizeLimit = 4_096

    package init(_ pattern: String) throws(Malformed) {
        description = pattern
        guard pattern.utf8.count <= Self.sizeLimit else {
            throw Malformed(pattern: pattern.prefix(60) + "…", reason: "it has more than \(Self.sizeLimit) bytes. Write a shorter one.")
        }
        guard !pattern.isEmpty else { throw Malformed(pattern: pattern, reason: "it is empty. Write ** for all files.") }
        var expansions = try BraceExpansion.expand(pattern)
        matchesNameOnly = !expansions.contains { $0.contains("/") }
        if !matchesNameOnly {
            expansions = expansions.map { $0.contains("/") ? Self.fromTop($0) : "**/" + $0 }
        }
        var alternatives: [Wildcard] = []
        for expansion in expansions {
            do throws(WildcardParser.Fault) {
                alternatives.append(try WildcardParser.parse(expansion))
            } catch {
                throw Malformed(pattern: pattern, reason: error.reason)
            }
        }
        self.alternatives = alternatives
        ignoreLines = matchesNameOnly ? expansions : expansions.map { "/" + $0 }
    }

    /// Without the `./` or `/` at the beginning, which only says where the pattern begins.
    private static func fromTop(_ pattern: String) -> String {
        String((pattern.hasPrefix("./") ? pattern.dropFirst(2) : pattern[...]).drop { $0 == "/" })
    }

    /// A pattern that means this path and nothing else.
    package static func escaped(_ path: String) -> String {
        path.reduce(into: "") { $0 += "\\*?[]{},".contains($1) ? "\\\($1)" : "\($1)" }
    }

    /// - Parameter path: relative to where the search began, without `./`.
    package func matches(_ path: String) -> Bool {
        let subject = matchesNameOnly ? path[...].lastPart : path[...]
        return alternatives.contains { $0.matches(subject) }
    }
}

extension WildcardParser.Fault {
    fileprivate var reason: String {
        switch self {
        case .unclosedBracket: "a [ has no closing ]. Write \\[ for a bracket in a name."
        case .unknownClass(let name): "there is no character class [:\(name):]. Try alpha, digit, alnum, upper, lower or space."
        case .loneBackslash: "it ends in a single \\. Write \\\\ for a backslash in a name."
        }
    }
}

extension Substring {
    /// What stands after the last slash.
    var lastPart: Substring {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { self[utf8.index(after: $0)...] } ?? self
    }
}
