import Glibc

/// A byte string that is not to be seen, and what stands in its place.
package struct Redaction: Sendable, Hashable {
    package let hidden: [UInt8]
    package let shown: [UInt8]

    package init(_ hidden: String, shown: String) {
        self.hidden = Array(hidden.utf8)
        self.shown = Array(shown.utf8)
    }

    /// Nearly every text is clean, and to see that must cost next to nothing.
    fileprivate func isNeeded(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = self.hidden.first, let start = text.baseAddress else { return false }
        let end = start + text.count
        var place = start
        while end - place >= self.hidden.count, let found = memchr(place, Int32(first), end - place - self.hidden.count + 1) {
            if memcmp(found, self.hidden, self.hidden.count) == 0 { return true }
            place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
        }
        return false
    }
}

extension String {
    /// With what is not to be seen hidden. Bytes are compared and not characters: with a mark behind it the end of a secret is another
    /// character, and the secret is one all the same.
    package func hiding(_ redactions: [Redaction]) -> String {
        var text = self
        guard text.withUTF8({ text in redactions.contains { $0.isNeeded(in: text) } }) else { return text }
        var redaction = StreamRedaction(redactions)
        return String(decoding: redaction.pass(Array(text.utf8), isEnd: true), as: UTF8.self)
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
