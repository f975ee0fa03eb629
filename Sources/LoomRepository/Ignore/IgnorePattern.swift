/// One line of a `.gitignore`.
struct IgnorePattern: Sendable, Hashable {
    /// `!pattern`: what an earlier line ignores is kept.
    let isNegated: Bool
    /// `pattern/`: folders only.
    let needsFolder: Bool

    /// Without a slash the pattern is about names at any depth, else about paths from its folder.
    private let isAboutName: Bool
    private let wildcard: Wildcard

    /// Nil for lines without a pattern, and for those that can match nothing: git passes over both without a word.
    init?(line: Substring) {
        var text = Self.trimmed(line)
        guard !text.isEmpty, text.first != "#" else { return nil }
        isNegated = text.first == "!"
        if isNegated { text.removeFirst() }
        needsFolder = text.last == "/"
        if needsFolder { text.removeLast() }
        isAboutName = !text.contains("/")
        if text.first == "/" { text.removeFirst() }
        guard !text.isEmpty, let wildcard = try? WildcardParser.parse(text, followsGit: true) else { return nil }
        self.wildcard = wildcard
    }

    /// - Parameter path: relative to the folder of the `.gitignore`.
    func matches(_ path: Substring, name: Substring, isFolder: Bool) -> Bool {
        guard isFolder || !needsFolder else { return false }
        return wildcard.matches(isAboutName ? name : path)
    }

    /// Without spaces at the end, except for those that a backslash keeps.
    private static func trimmed(_ line: Substring) -> Substring {
        var end = line.startIndex
        var isEscaped = false
        for index in line.indices {
            let character = line[index]
            if isEscaped || character != " " { end = line.index(after: index) }
            isEscaped = !isEscaped && character == "\\"
        }
        return line[..<end]
    }

    static func parse(_ text: String) -> [IgnorePattern] {
        let text = text.unicodeScalars.first == "\u{FEFF}" ? Substring(text.unicodeScalars.dropFirst()) : text[...]
        // "\r\n" is one Character, so it is a separator of its own.
        return text.split(omittingEmptySubsequences: true) { $0 == "\n" || $0 == "\r\n" }.compactMap(IgnorePattern.init)
    }
}
