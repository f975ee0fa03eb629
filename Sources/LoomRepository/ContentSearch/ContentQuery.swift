/// What to look for in the files of a project, and how much of it to bring back.
package struct ContentQuery: Sendable, Hashable {
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The lines that match, with the lines around them.
        case content
        /// The files that have a match.
        case files
        /// How many lines match in each file.
        case count
    }

    package enum LetterCase: String, Sendable, Hashable, CaseIterable {
        /// Case matters when the pattern has a capital letter.
        case smart
        case sensitive
        case insensitive
    }

    /// A regular expression, unless `isLiteral`. It is matched against single lines.
    package var pattern: String
    package var isLiteral: Bool
    /// A file or folder below the root; empty for the root itself.
    package var path: String
    /// Only files that match it, as `Glob` reads it; paths begin at `path`.
    package var glob: String?
    package var letterCase: LetterCase
    /// How many lines to show before and after each match.
    package var context: Int
    package var mode: Mode
    /// The most matching lines (mode `content`) or files (the other modes) to bring back.
    package var limit: Int
    /// The most bytes of a line; of a longer one the part around the match is shown.
    package var lineLimit: Int
    /// The search ends then with what it has.
    package var timeLimit: Duration

    package init(
        _ pattern: String, isLiteral: Bool = false, path: String = "", glob: String? = nil, letterCase: LetterCase = .smart,
        context: Int = 0, mode: Mode = .content, limit: Int = 100, lineLimit: Int = 400, timeLimit: Duration = .seconds(20)
    ) {
        self.pattern = pattern
        self.isLiteral = isLiteral
        self.path = path
        self.glob = glob
        self.letterCase = letterCase
        self.context = min(max(0, context), Self.contextLimit)
        self.mode = mode
        self.limit = max(1, limit)
        self.lineLimit = max(20, lineLimit)
        self.timeLimit = timeLimit
    }

    /// More lines around a match are no context any more; whoever asks for all there are gets so many.
    private static let contextLimit = 1_000

    /// Larger files are passed over: they are data, and a line of theirs may be all of it.
    package static let fileSizeLimit = 16 << 20

    /// Whether case matters for this pattern. Letters behind a backslash are not text.
    var isCaseSensitive: Bool {
        switch letterCase {
        case .sensitive: return true
        case .insensitive: return false
        case .smart:
            var isEscaped = false
            return pattern.contains { character in
                defer { isEscaped = !isLiteral && !isEscaped && character == "\\" }
                return !isEscaped && character.isUppercase
            }
        }
    }
}
