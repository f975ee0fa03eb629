/// Learning from what the provider counts: a Kalman filter for each kind, with what one count says shared out among the kinds by how
/// much of each there was and how much it is in doubt. So a count of nothing but code changes little of what is known of Chinese.
extension TokenEstimate {
    /// What a ratio may be. No tokenizer in use is beyond that; frames hold what a vendor adds of its own.
    static let bounds = (low: Self.vector(text: 0.3, frames: 0.25), high: Self.vector(text: 3, frames: 10))

    static let firstDoubts = Self.vector(text: 0.06, frames: 1)

    /// What the counts are of.
    package enum Sample: Sendable, Hashable {
        /// A whole prompt, with what the vendor put around it.
        case whole(TextProfile, tokens: Int)
        /// What came to a prompt that had been counted before.
        case growth(TextProfile, tokens: Int)

        package var profile: TextProfile {
            switch self {
            case .whole(let profile, _), .growth(let profile, _): profile
            }
        }

        var tokens: Int {
            switch self {
            case .whole(_, let tokens), .growth(_, let tokens): tokens
            }
        }

        /// The error that is to be expected of a perfect ratio: tokens of one text are not just like those of the next.
        var spread: Double {
            switch self {
            case .whole: 0.15
            case .growth: 0.1
            }
        }
    }

    /// Does nothing with what is too little, or mostly pictures, or no count of this text at all.
    package mutating func learn(_ sample: Sample) {
        let profile = sample.profile
        let (expected, counted) = (self.exactTokens(profile), Double(sample.tokens))
        guard expected >= 100, profile.opaque < expected / 10, Self.isCredible(counted / expected) else { return }
        let noise = sample.spread * max(expected, counted)
        let uncertain = self.doubts * profile.amounts
        let variance = (uncertain * profile.amounts).sum() + noise * noise
        // One odd count says no more than an unusual one does.
        let most = 1.5 * variance.squareRoot()
        let surprise = min(most, max(-most, counted - expected))
        let gain = uncertain / variance
        self.ratios = (self.ratios + gain * surprise).clamped(lowerBound: Self.bounds.low, upperBound: Self.bounds.high)
        // A model's tokenizer may change behind its name, so no ratio is ever beyond doubt.
        self.doubts = (self.doubts * (1 - gain * profile.amounts) + 1e-5).clamped(lowerBound: .zero, upperBound: Self.firstDoubts)
        self.replies += 1
    }

    private static func vector(text: Double, frames: Double) -> SIMD8<Double> {
        var vector = SIMD8<Double>(repeating: text)
        vector[TextKind.frames.index] = frames
        return vector
    }
}
