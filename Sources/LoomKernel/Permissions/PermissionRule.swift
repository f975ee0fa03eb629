import LoomRepository

/// One rule: `deny shell rm *`, `ask write`, `allow file_edit src/**`. The subject is a tool's name or a kind of access; the
/// pattern is matched against the path, the command, the host or the agent that would be touched.
package struct PermissionRule: Sendable, Hashable, CustomStringConvertible {
    package let verdict: Verdict
    package let subject: String
    /// Nil matches everything.
    package let pattern: String?
    /// Where the rule stands: `preset ask`, `.loomkin.toml:14`, `this session`.
    package let origin: String

    /// The subject under which files are asked about that would come into use.
    static let ofPlugins = "plugins"

    package init(_ verdict: Verdict, _ subject: String, _ pattern: String? = nil, origin: String) {
        self.verdict = verdict
        self.subject = subject
        self.pattern = pattern
        self.origin = origin
    }

    /// Reads `SUBJECT [PATTERN]`; nil for an empty text.
    package init?(_ verdict: Verdict, text: String, origin: String) {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let subject = words.first else { return nil }
        let pattern = words.count > 1 ? words[1].trimmingSpaces : ""
        self.init(verdict, String(subject), pattern.isEmpty ? nil : pattern, origin: origin)
    }

    package var description: String { [self.verdict.rawValue, self.subject, self.pattern].compactMap { $0 }.joined(separator: " ") }

    /// What is wrong with the pattern, as part of a sentence: one that cannot be read would never match, and a deny rule not deny.
    var fault: String? {
        guard let kind = Access.Kind(rawValue: self.subject), [.read, .write, .extend].contains(kind), let pattern else { return nil }
        do {
            _ = try Glob(pattern)
            return nil
        } catch {
            return error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description
        }
    }

    package func matches(tool: String, _ access: Access) -> Bool {
        guard self.subject == tool || self.subject == access.kind.rawValue || self.subject == "*" else { return false }
        guard let pattern = self.pattern else { return true }
        switch access.kind {
        case .read, .write, .extend: return PathPattern.matches(pattern, access.target)
        case .execute:
            // What widens is read narrowly, what narrows is read widely.
            return self.verdict == .allow ? CommandPattern.matches(pattern, access.target) : WildcardText.matches(pattern, access.target)
        case .network, .spawn, .message, .control, .model: return WildcardText.matches(pattern, access.target)
        }
    }
}

/// `*` stands for any characters, nothing else is special.
enum WildcardText {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var p = 0
        var t = 0
        var retry: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                retry = (p + 1, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let point = retry {
                retry = (point.p, point.t + 1)
                p = point.p
                t = point.t + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

/// Paths are matched as globs; a folder's name alone means all that is in it.
enum PathPattern {
    static func matches(_ pattern: String, _ path: String) -> Bool {
        if let glob = try? Glob(pattern), glob.matches(path) { return true }
        guard !pattern.contains("*") else { return false }
        let folder = pattern.hasSuffix("/") ? pattern : pattern + "/"
        return path.hasPrefix(folder)
    }
}

/// A pattern for command lines. A command that holds more than one (`a && b`, `a; b`, `$(b)`) never matches a pattern that
/// ends with `*`, so that `allow shell git *` does not allow `git status; rm -rf .`.
enum CommandPattern {
    static func matches(_ pattern: String, _ command: String) -> Bool {
        guard WildcardText.matches(pattern, command) || WildcardText.matches(pattern, command + " ") else { return false }
        return pattern == command || pattern == "*" || !Self.isCompound(command)
    }

    /// True when a shell might run more than the one command it begins with, or redirect its output somewhere.
    static func isCompound(_ command: String) -> Bool {
        // Bytes: a line break of two is one character, and so is a sign with an accent upon it.
        command.utf8.contains { ";&|`$()<>\n\r".utf8.contains($0) }
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        String(self.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
