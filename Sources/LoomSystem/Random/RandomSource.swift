import Synchronization

/// Where random numbers come from; a seeded one makes a run repeatable.
package protocol RandomSource: Sendable {
    func next() -> UInt64
}

extension RandomSource {
    /// A whole number in the range, each equally likely.
    package func next(in range: ClosedRange<Int>) -> Int {
        var generator = RandomGenerator(source: self)
        return Int.random(in: range, using: &generator)
    }

    /// A number from 0 up to, not including, 1.
    package func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// Lets the standard library's `shuffled(using:)`, `randomElement(using:)` and so on draw from a source.
package struct RandomGenerator: RandomNumberGenerator {
    private let source: any RandomSource

    package init(source: any RandomSource) {
        self.source = source
    }

    package mutating func next() -> UInt64 { source.next() }
}

/// The system's generator, fit for secrets.
package struct LiveRandom: RandomSource {
    package init() {}

    package func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

/// The same numbers for the same seed, by SplitMix64 (Steele, Lea, Flood 2014). Not fit for secrets.
package final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    package init(seed: UInt64) {
        state = Mutex(seed)
    }

    package func next() -> UInt64 {
        var mixed = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
