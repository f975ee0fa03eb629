/// Reads one wildcard pattern; the syntax that git and shells share.
struct WildcardParser {
    enum Fault: Error {
        case unclosedBracket
        case unknownClass(String)
        case loneBackslash
    }

    private let pattern: [Unicode.Scalar]
    private var index = 0
    private var tokens: [Wildcard.Token] = []
    /// Whether only plain characters came so far. git matches such a beginning on its own, so a `**` right after it
    /// stands, for git, at the beginning of a pattern.
    private var isPlainSoFar: Bool

    /// - Parameter followsGit: also in what its documentation does not say (see `isPlainSoFar`).
    init(_ pattern: some StringProtocol, followsGit: Bool = false) {
        self.pattern = Array(pattern.unicodeScalars)
        isPlainSoFar = followsGit
    }

    static func parse(_ pattern: some StringProtocol, followsGit: Bool = false) throws(Fault) -> Wildcard {
        var parser = WildcardParser(pattern, followsGit: followsGit)
        return try parser.parse()
    }

    private mutating func parse() throws(Fault) -> Wildcard {
        while let scalar = peek() {
            switch scalar {
            case "*": readStars()
            case "?":
                index += 1
                append(.one)
            case "[": append(.set(try readSet()))
            case "\\":
                guard let escaped = peek(1) else { throw .loneBackslash }
                index += 2
                append(.scalar(escaped))
            default:
                index += 1
                tokens.append(.scalar(scalar))
            }
        }
        return Wildcard(tokens)
    }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < pattern.count ? pattern[index + offset] : nil
    }

    private mutating func append(_ token: Wildcard.Token) {
        tokens.append(token)
        isPlainSoFar = false
    }

    private mutating func readStars() {
        let beginsPart = index == 0 || pattern[index - 1] == "/" || isPlainSoFar
        let start = index
        while peek() == "*" { index += 1 }
        guard index - start > 1, beginsPart else { return append(.run) }
        switch peek() {
        case nil: append(.rest)
        case "/":
            index += 1
            append(.folders)
        default: append(.run)
        }
    }

    /// Reads from `[` to its `]`. A `]` right after the opening, and a `-` first or last, stand for themselves.
    private mutating func readSet() throws(Fault) -> ScalarSet {
        var set = ScalarSet()
        index += 1
        if peek() == "!" || peek() == "^" {
            set.isNegated = true
            index += 1
        }
        var previous: Unicode.Scalar?
        var isFirst = true
        while true {
            guard let scalar = peek() else { throw .unclosedBracket }
            if scalar == "]", !isFirst { break }
            isFirst = false
            if scalar == "-", let low = previous, let next = peek(1), next != "]" {
                index += 1
                let high = try readMember()
                if low.value <= high.value { set.ranges.append(low.value...high.value) }
                previous = nil
            } else if scalar == "[", peek(1) == ":", let name = try readClassName() {
                guard set.insert(classNamed: name) else { throw .unknownClass(name) }
                previous = nil
            } else {
                let member = try readMember()
                set.insert(member)
                previous = member
            }
        }
        index += 1
        return set
    }

    private mutating func readMember() throws(Fault) -> Unicode.Scalar {
        if peek() == "\\" { index += 1 }
        guard let scalar = peek() else { throw .unclosedBracket }
        index += 1
        return scalar
    }

    /// The name in `[:name:]` at the index, which then stands behind it; nil when the `[` is an ordinary member.
    private mutating func readClassName() throws(Fault) -> String? {
        guard let close = pattern[(index + 2)...].firstIndex(of: "]") else { throw .unclosedBracket }
        guard close - 1 >= index + 2, pattern[close - 1] == ":" else { return nil }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: pattern[(index + 2)..<(close - 1)])
        index = close + 1
        return String(name)
    }
}
