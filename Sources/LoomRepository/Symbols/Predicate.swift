/// A condition of a query's pattern. The C library reads them and leaves it to us to evaluate them.
enum Predicate: Sendable, Hashable {
    /// What a predicate is about: the text of a capture, by its number in the query, or a text of the query's own.
    enum Operand: Sendable, Hashable {
        case capture(UInt32)
        case text(String)
    }

    case equal(Operand, Operand, isWanted: Bool)
    case matches(Operand, pattern: String, isWanted: Bool)
    case isOneOf(Operand, [Operand], isWanted: Bool)
    /// Asks for something (`#strip!`, `#select-adjacent!`) that has no bearing on whether the pattern matches.
    case directive

    /// Nil for one that is not known: its pattern must not match then.
    init?(_ name: String, _ operands: [Operand]) {
        switch (name, operands.count) {
        case ("eq?", 2): self = .equal(operands[0], operands[1], isWanted: true)
        case ("not-eq?", 2): self = .equal(operands[0], operands[1], isWanted: false)
        case ("match?", 2), ("not-match?", 2):
            guard case .text(let pattern) = operands[1], (try? Regex(pattern)) != nil else { return nil }
            self = .matches(operands[0], pattern: pattern, isWanted: name == "match?")
        case ("any-of?", 2...): self = .isOneOf(operands[0], Array(operands[1...]), isWanted: true)
        case ("not-any-of?", 2...): self = .isOneOf(operands[0], Array(operands[1...]), isWanted: false)
        case _ where name.hasSuffix("!"): self = .directive
        default: return nil
        }
    }

    /// - Parameter text: the text of a capture, empty for one that this match is without.
    func holds(_ text: (UInt32) -> String) -> Bool {
        func value(_ operand: Operand) -> String {
            switch operand {
            case .capture(let number): text(number)
            case .text(let text): text
            }
        }
        switch self {
        case .equal(let one, let other, let isWanted): return (value(one) == value(other)) == isWanted
        case .matches(let operand, let pattern, let isWanted):
            guard let regex = try? Regex(pattern) else { return false }
            return value(operand).contains(regex) == isWanted
        case .isOneOf(let operand, let others, let isWanted): return others.map(value).contains(value(operand)) == isWanted
        case .directive: return true
        }
    }
}
