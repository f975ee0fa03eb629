/// What a search in the content of files brought back, in the order of the paths.
package struct ContentMatches: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        /// From 1.
        package let number: Int
        /// Without its line end; long lines are cut, with `…` where something is missing.
        package let text: String
        /// Otherwise it is shown as context.
        package let isMatch: Bool
    }

    package struct File: Sendable, Hashable {
        /// Relative to the root.
        package let path: String
        /// Empty unless the mode was `content`.
        package internal(set) var lines: [Line] = []
        /// How many lines match; 1 in mode `files`, where nobody counted on.
        package internal(set) var matchCount: Int
    }

    package enum End: Sendable, Hashable {
        /// Everything there is was found.
        case complete
        /// There is more than `limit`.
        case limit
        /// The time was up, or the task was cancelled.
        case time
    }

    package internal(set) var files: [File] = []
    package internal(set) var end: End = .complete

    /// Without the files whose path is not wanted.
    package func keeping(_ isWanted: (_ path: String) -> Bool) -> ContentMatches {
        var kept = self
        kept.files.removeAll { !isWanted($0.path) }
        return kept
    }

    /// Whether there is, or may be, more.
    package var isTruncated: Bool { end != .complete }

    /// In all files.
    package var matchCount: Int { files.reduce(0) { $0 + $1.matchCount } }
}
