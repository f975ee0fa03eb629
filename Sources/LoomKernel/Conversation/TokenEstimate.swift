/// How many tokens a text is for one model, before its provider has said.
package struct TokenEstimate: Sendable, Hashable {
    /// Bytes of a token where a text cannot be looked at, or where the answer must never change.
    package static let usualBytes = 4

    /// By kind: how many tokens the model counts where an ordinary one is thought to count one.
    @PackedVector package internal(set) var ratios = SIMD8<Double>(repeating: 1)
    /// By kind: the variance of what the ratio is thought to be.
    @PackedVector var doubts = Self.firstDoubts
    /// How many replies it has learned from.
    package internal(set) var replies = 0
    /// What the provider counted of the prompt that it saw last, by what this says of the same prompt.
    package private(set) var seen = 1.0

    package init() {}

    package func ratio(_ kind: TextKind) -> Double { self.ratios[kind.index] }

    package func tokens(_ profile: TextProfile) -> Int { Int(self.exactTokens(profile).rounded(.up)) }
    package func tokens(_ text: String) -> Int { self.tokens(TextProfile(text)) }
    package func tokens(_ message: Message) -> Int { self.tokens(TextProfile(message)) }
    package func tokens(_ tool: ToolSchema) -> Int { self.tokens(TextProfile(tool)) }

    /// The same of what was in the prompt that the provider saw last. All of it together is then just what the provider said.
    package func seenTokens(_ profile: TextProfile) -> Int { Int((self.exactTokens(profile) * self.seen).rounded(.up)) }

    /// The provider counted a prompt of which the next one is a continuation.
    package mutating func see(_ profile: TextProfile, tokens: Int) {
        let ratio = Double(tokens) / max(1, self.exactTokens(profile))
        if Self.isCredible(ratio) { self.seen = ratio }
    }

    /// What is further off than that is no count of the text that was sent: some servers say what they had to read anew.
    static func isCredible(_ ratio: Double) -> Bool { ratio > 0.25 && ratio < 4 }

    func exactTokens(_ profile: TextProfile) -> Double { (profile.amounts * self.ratios).sum() + profile.opaque }
}
