import LoomSystem

/// When a failed model call is worth another try, and after how long.
package struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all.
    package var attempts = 5
    /// Seconds; doubled with each attempt, then a random part of it is waited (full jitter).
    package var base = 1.0
    package var longest = 30.0
    /// Seconds after which nothing is tried again, whatever attempts are left.
    package var patience = 300.0

    package init(attempts: Int = 5, base: Double = 1, longest: Double = 30) {
        self.attempts = attempts
        self.base = base
        self.longest = longest
    }

    /// Seconds to wait before attempt `next` (from 2), or nil to give up. What the vendor asks for is honoured up to two minutes.
    /// - Parameter spent: seconds since the first attempt began.
    func delay(after failure: ModelFailure, next: Int, spent: Double = 0, random: any RandomSource) -> Double? {
        guard let delay = self.delay(after: failure, next: next, random), spent + delay <= self.patience else { return nil }
        return delay
    }

    private func delay(after failure: ModelFailure, next: Int, _ random: any RandomSource) -> Double? {
        guard failure.isTransient, next <= self.attempts else { return nil }
        if let asked = failure.retryAfter { return asked <= 120 ? max(0, asked) : nil }
        var ceiling = self.base
        for _ in 2..<max(2, next) { ceiling *= 2 }
        return min(ceiling, self.longest) * random.nextUnit()
    }
}
