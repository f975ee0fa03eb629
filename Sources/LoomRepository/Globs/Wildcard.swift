/// One wildcard pattern over paths with `/` between their parts, compiled; the engine below `Glob` and `IgnoreRules`.
///
/// All positions that the pattern may be in are carried along side by side, so time is at most the length of the text
/// times the length of the pattern, whatever the pattern is.
struct Wildcard: Sendable, Hashable {
    enum Token: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        /// `?`: one character, not a slash.
        case one
        case set(ScalarSet)
        /// `*`: any run without a slash.
        case run
        /// `**/`: nothing, or whole folders with the slash after the last.
        case folders
        /// `**` at the end: anything.
        case rest
    }

    let tokens: [Token]

    /// The text itself, when nothing in the pattern is special: compared instead of matched.
    private let literal: String?

    init(_ tokens: [Token]) {
        self.tokens = tokens
        var literal: String.UnicodeScalarView? = .init()
        for token in tokens {
            guard case .scalar(let scalar) = token else {
                literal = nil
                break
            }
            literal?.append(scalar)
        }
        self.literal = literal.map(String.init)
    }

    func matches(_ text: some StringProtocol) -> Bool {
        if let literal { return literal.unicodeScalars.elementsEqual(text.unicodeScalars) }
        var positions = Positions(count: tokens.count + 1)
        enter(0, &positions)
        for scalar in text.unicodeScalars {
            var next = Positions(count: tokens.count + 1)
            for position in positions.list where position < tokens.count {
                step(position, over: scalar, into: &next)
            }
            if next.list.isEmpty { return false }
            positions = next
        }
        return positions.contains(tokens.count)
    }

    /// Adds a position and those that follow it without reading anything.
    private func enter(_ position: Int, _ positions: inout Positions) {
        var position = position
        while positions.insert(position), position < tokens.count {
            switch tokens[position] {
            case .run, .folders, .rest: position += 1
            case .scalar, .one, .set: return
            }
        }
    }

    private func step(_ position: Int, over scalar: Unicode.Scalar, into next: inout Positions) {
        switch tokens[position] {
        case .scalar(let wanted):
            if scalar == wanted { enter(position + 1, &next) }
        case .one:
            if scalar != "/" { enter(position + 1, &next) }
        case .set(let set):
            if set.contains(scalar) { enter(position + 1, &next) }
        case .run:
            if scalar != "/" { enter(position, &next) }
        case .rest:
            enter(position, &next)
        case .folders:
            // Inside a folder's name nothing may follow yet, so the position alone is kept.
            _ = next.insert(position)
            if scalar == "/" { enter(position + 1, &next) }
        }
    }
}

/// A set of positions in the order they were found.
private struct Positions {
    private(set) var list: [Int] = []
    private var present: [Bool]

    init(count: Int) {
        present = Array(repeating: false, count: count)
    }

    func contains(_ position: Int) -> Bool { present[position] }

    /// False when it was there already.
    mutating func insert(_ position: Int) -> Bool {
        if present[position] { return false }
        present[position] = true
        list.append(position)
        return true
    }
}
