import Synchronization

/// A short identifier that sorts by the time it was made: a ULID, 26 characters of Crockford's base 32.
package struct ID: Sendable, Hashable, Comparable, LosslessStringConvertible, Codable {
    /// 48 bits of milliseconds since 1970, then 16 random ones.
    private let high: UInt64
    private let low: UInt64

    fileprivate init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Two ids made in the same millisecond sort by chance: use `IDGenerator` where their order matters.
    package init(clock: some WallClock, random: some RandomSource) {
        let milliseconds = UInt64(max(0, clock.now.nanoseconds / 1_000_000))
        high = milliseconds << 16 | random.next() & 0xFFFF
        low = random.next()
    }

    /// The same id for the same text, for what must be found again under a name. Its time says nothing.
    package init(digestOf text: String) {
        let digits = Hash.sha256(text)
        high = UInt64(digits.prefix(16), radix: 16) ?? 0
        low = UInt64(digits.dropFirst(16).prefix(16), radix: 16) ?? 0
    }

    /// Reads the 26 characters in either case; nil for anything else.
    package init?(_ text: String) {
        let digits = text.utf8.compactMap { Self.value(of: $0) }
        guard digits.count == 26, text.utf8.count == 26, let first = digits.first, first < 8 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for digit in digits {
            high = high << 5 | low >> 59
            low = low << 5 | digit
        }
        self.init(high: high, low: low)
    }

    package var description: String {
        String(unsafeUninitializedCapacity: 26) { letters in
            var (high, low) = (high, low)
            for position in stride(from: 25, through: 0, by: -1) {
                letters[position] = Self.letter(low & 31)
                low = low >> 5 | high << 59
                high >>= 5
            }
            return 26
        }
    }

    /// When it was made, to the millisecond.
    package var time: Timestamp { Timestamp(nanoseconds: 0) + .milliseconds(Int64(high >> 16)) }

    package static func < (left: ID, right: ID) -> Bool { (left.high, left.low) < (right.high, right.low) }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an id of 26 characters, found \"\(text)\"")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    fileprivate var successor: ID {
        let (low, overflow) = low.addingReportingOverflow(1)
        return ID(high: overflow ? high &+ 1 : high, low: low)
    }

    private static let alphabet: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

    private static func letter(_ value: UInt64) -> UInt8 { alphabet.utf8Start[Int(value)] }

    private static func value(of character: UInt8) -> UInt64? {
        let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character) ? character - 32 : character
        return (0..<32).first { Self.letter($0) == upper }
    }
}

/// Makes ids that never sort before the ones it made earlier, also when the clock stands still or goes back.
package final class IDGenerator: Sendable {
    private let clock: any WallClock
    private let random: any RandomSource
    private let last = Mutex<ID?>(nil)

    package init(clock: any WallClock, random: any RandomSource) {
        self.clock = clock
        self.random = random
    }

    package func next() -> ID {
        let fresh = ID(clock: clock, random: random)
        return last.withLock { last in
            let id: ID
            if let last, fresh <= last { id = last.successor } else { id = fresh }
            last = id
            return id
        }
    }
}
