/// Dollars for a million tokens of a prompt that is longer than usual, as a whole. Vendors price the output of such a call higher too.
package struct LongPromptPrice: Sendable, Hashable, Codable {
    /// Tokens of the prompt, cached ones too: with more than these the prices hold.
    package var aboveTokens: Int
    package var inputUSD: Double
    package var outputUSD: Double
    package var cacheReadUSD: Double?
    package var cacheWriteUSD: Double?

    enum CodingKeys: String, CodingKey {
        case aboveTokens = "above_tokens"
        case inputUSD = "input_usd"
        case outputUSD = "output_usd"
        case cacheReadUSD = "cache_read_usd"
        case cacheWriteUSD = "cache_write_usd"
    }

    package init(aboveTokens: Int, inputUSD: Double, outputUSD: Double, cacheReadUSD: Double? = nil, cacheWriteUSD: Double? = nil) {
        self.aboveTokens = aboveTokens
        self.inputUSD = inputUSD
        self.outputUSD = outputUSD
        self.cacheReadUSD = cacheReadUSD
        self.cacheWriteUSD = cacheWriteUSD
    }

    /// `200000:2.5/15/0.25/4.5`, as the data file has it: limit, input, output, cache read, cache write. Nil where that is damaged.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let above = Int(parts[0]) else { return nil }
        let prices = parts[1].split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
        guard prices.count == 4, let input = prices[0], let output = prices[1] else { return nil }
        self.init(aboveTokens: above, inputUSD: input, outputUSD: output, cacheReadUSD: prices[2], cacheWriteUSD: prices[3])
    }
}

/// What is known of a model.
package struct ModelFacts: Sendable, Hashable, Codable {
    package var name: String
    /// Tokens.
    package var context: Int?
    package var maxOutput: Int?
    /// Dollars for a million tokens.
    package var inputUSD: Double?
    package var outputUSD: Double?
    package var cacheReadUSD: Double?
    package var cacheWriteUSD: Double?
    /// By rising limits; nil where a long prompt costs what a short one does.
    package var longPrompts: [LongPromptPrice]?
    /// What it can do; nil where nobody says.
    package var tools: Bool?
    package var vision: Bool?
    package var reasoning: Bool?
    package var caching: Bool?
    /// Nil where it has to be told to think, or nobody says.
    package var thinking: Thinking?
    /// How much it may be told to think, in its vendor's words; nil where nobody says.
    package var efforts: [String]?
    /// False where it takes neither temperature nor top_p; nil where nobody says.
    package var sampling: Bool?
    /// Which of its provider's APIs serves it, where there are several.
    package var api: API?
    /// `2026-10-01`, when its vendor takes it away.
    package var retires: String?

    /// Whether a model thinks without being told to; from the second it can be kept.
    package enum Thinking: String, Sendable, Codable { case always, `default` }

    /// OpenAI's two, which others have too.
    package enum API: String, Sendable, Codable { case chat, responses }

    package init(name: String, context: Int? = nil, maxOutput: Int? = nil, inputUSD: Double? = nil, outputUSD: Double? = nil) {
        self.name = name
        self.context = context
        self.maxOutput = maxOutput
        self.inputUSD = inputUSD
        self.outputUSD = outputUSD
    }

    enum CodingKeys: String, CodingKey {
        case name, context, tools, vision, reasoning, caching, thinking, efforts, sampling, api, retires
        case maxOutput = "max_output"
        case inputUSD = "input_usd"
        case outputUSD = "output_usd"
        case cacheReadUSD = "cache_read_usd"
        case cacheWriteUSD = "cache_write_usd"
        case longPrompts = "long_prompts"
    }

    /// Dollars for a million tokens of each class in a call of this usage, as a ledger keeps them; nil when no price is known.
    package func price(of usage: Usage) -> [String: Double]? {
        guard let inputUSD, let outputUSD else { return nil }
        // A router's list has a negative price where the price depends on what it chooses.
        let listed = [inputUSD, outputUSD, self.cacheReadUSD ?? 0, self.cacheWriteUSD ?? 0]
        guard listed.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
        let prompt = usage.input + usage.cacheRead + usage.cacheWrite
        let long = self.longPrompts?.last { prompt > $0.aboveTokens }
        let input = long?.inputUSD ?? inputUSD
        return [
            "input": input, "output": long?.outputUSD ?? outputUSD, "cache_read": long?.cacheReadUSD ?? self.cacheReadUSD ?? input,
            "cache_write": long?.cacheWriteUSD ?? self.cacheWriteUSD ?? input,
        ]
    }

    /// Dollars for this usage; nil when no price is known, which is not the same as free.
    package func cost(_ usage: Usage) -> Double? {
        guard let price = self.price(of: usage) else { return nil }
        let tokens = [("input", usage.input), ("output", usage.output), ("cache_read", usage.cacheRead), ("cache_write", usage.cacheWrite)]
        return tokens.reduce(0) { dollars, kind in dollars + Double(kind.1) * (price[kind.0] ?? 0) } / 1_000_000
    }
}
