/// A prompt as it went out.
struct AskedPrompt: Sendable {
    let prefix: Prefix
    let departed: ContextWindow.Departed
    /// What all of it is made of.
    let profile: TextProfile

    /// What came since an earlier one; nil where something of that has changed or left, so that the difference is no text.
    func growth(since other: AskedPrompt) -> TextProfile? {
        guard self.departed == other.departed, self.prefix == other.prefix else { return nil }
        return self.profile - other.profile
    }
}

/// What the provider said of it.
struct CountedPrompt: Sendable {
    let prompt: AskedPrompt
    /// `provider:model` that counted.
    let model: String
    let tokens: Int
}

extension Agent {
    /// What is known of this model's tokens; of what it has counted already, its own word.
    func estimate(of model: ModelName) async -> TokenEstimate {
        var estimate = await self.services.estimates.estimate(of: model)
        if let counted, counted.model == model.description { estimate.see(counted.prompt.profile, tokens: counted.tokens) }
        return estimate
    }

    /// Best is what came to a prompt that the same model counted before: there is nothing of the vendor's own in the difference.
    func learn(from reply: ModelReply) async {
        guard let asked, let origin = reply.message.origin else { return }
        let tokens = reply.usage.sent
        let before = self.counted.flatMap { $0.model == origin ? $0 : nil }
        self.counted = CountedPrompt(prompt: asked, model: origin, tokens: tokens)
        if let before, let growth = asked.growth(since: before.prompt) {
            await self.services.estimates.learn(.growth(growth, tokens: tokens - before.tokens), of: origin)
        } else {
            await self.services.estimates.learn(.whole(asked.profile, tokens: tokens), of: origin)
        }
    }
}
