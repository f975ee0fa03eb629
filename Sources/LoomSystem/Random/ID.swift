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
        var text: [UInt8] = []
        text.reserveCapacity(26)
        for shift in stride(from: 125, through: 0, by: -5) {
            let digit: UInt64
            switch shift {
            case 64...: digit = high >> UInt64(shift - 64)
            case 60: digit = high << 4 | low >> 60
            default: digit = low >> UInt64(shift)
            }
            text.append(Self.alphabet[Int(digit & 31)])
        }
        return String(decoding: text, as: UTF8.self)
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

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static func value(of letter: UInt8) -> UInt64? {
        let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) ? letter - 32 : letter
        return alphabet.firstIndex(of: upper).map(UInt64.init)
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
