/// A byte string that is not to be seen, and what stands in its place.
package struct Redaction: Sendable, Hashable {
    package let hidden: [UInt8]
    package let shown: [UInt8]

    package init(_ hidden: String, shown: String) {
        self.hidden = Array(hidden.utf8)
        self.shown = Array(shown.utf8)
    }
}

/// Hides byte strings in a stream, in whatever pieces it comes: what may be the beginning of one is held back until it is known.
package struct StreamRedaction: Sendable {
    private let redactions: [Redaction]
    private let isFirst: [Bool]
    private var held: [UInt8] = []

    package init(_ redactions: [Redaction]) {
        // The longest first, so that a secret that begins like another is hidden whole.
        self.redactions = redactions.filter { !$0.hidden.isEmpty }.sorted { $0.hidden.count > $1.hidden.count }
        var isFirst = [Bool](repeating: false, count: 256)
        for redaction in self.redactions { isFirst[Int(redaction.hidden[0])] = true }
        self.isFirst = isFirst
    }

    package mutating func pass(_ bytes: [UInt8], isEnd: Bool = false) -> [UInt8] {
        if redactions.isEmpty { return bytes }
        let all = held + bytes
        held = []
        var passed: [UInt8] = []
        passed.reserveCapacity(all.count)
        var position = 0
        while position < all.count {
            guard isFirst[Int(all[position])] else {
                passed.append(all[position])
                position += 1
                continue
            }
            let rest = all[position...]
            // A longer one that may be beginning is waited for, also when a shorter one is there already.
            let found = redactions.first { rest.starts(with: $0.hidden) }
            let shortest = found?.hidden.count ?? 0
            if !isEnd, redactions.contains(where: { $0.hidden.count > max(rest.count, shortest) && $0.hidden.starts(with: rest) }) {
                held = Array(rest)
                break
            } else if let found {
                passed += found.shown
                position += found.hidden.count
            } else {
                passed.append(all[position])
                position += 1
            }
        }
        return passed
    }

    /// What was held back when the stream ended.
    package mutating func finish() -> [UInt8] { pass([], isEnd: true) }
}
