package import LoomSystem

/// A model by provider and the provider's own name for it, written `provider:model`.
package struct ModelName: Sendable, Hashable, Codable, CustomStringConvertible {
    package let provider: String
    package let model: String

    package init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    /// Nil without a provider before the first colon.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
        let model = text[text.index(after: colon)...]
        guard !model.isEmpty else { return nil }
        self.init(provider: String(text[..<colon]), model: String(model))
    }

    package var description: String { "\(self.provider):\(self.model)" }
}

/// A tool as the model sees it.
package struct ToolSchema: Sendable, Hashable, Codable {
    package let name: String
    package let description: String
    /// JSON Schema of the arguments object.
    package let parameters: JSON

    package init(name: String, description: String, parameters: JSON) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// How a model is asked, where that differs from its vendor's defaults.
package struct ModelSettings: Sendable, Hashable, Codable {
    /// How much a model that reasons may think.
    package enum Effort: String, Sendable, Hashable, Codable, CaseIterable { case none, low, medium, high }
    /// Whether it may call tools, or must.
    package enum ToolChoice: String, Sendable, Hashable, Codable, CaseIterable { case auto, none, required }

    package var effort: Effort?
    package var temperature: Double?
    package var topP: Double?
    /// Texts at which the reply ends.
    package var stop: [String] = []
    package var toolChoice: ToolChoice = .auto
    /// Tokens of a reply, thinking among them; nil for the model's own bound.
    package var maxOutputTokens: Int?
    /// JSON Schema that the text of the reply has to follow, where the server can see to it.
    package var outputSchema: JSON?
    enum CodingKeys: String, CodingKey {
        case effort, temperature, stop
        case topP = "top_p"
        case toolChoice = "tool_choice"
        case maxOutputTokens = "max_output_tokens"
        case outputSchema = "output_schema"
    }

    package init() {}

    /// With a bound for the reply that the model can keep.
    func bounded(by facts: ModelFacts?, usual: Int = 16_384) -> ModelSettings {
        var settings = self
        settings.maxOutputTokens = [facts?.maxOutput, self.maxOutputTokens ?? facts.map { _ in usual }].compactMap(\.self).min()
        return settings
    }
}

/// Everything a provider needs for one call. Stable parts first, so that the vendor's prompt cache holds.
package struct ModelCall: Sendable, Hashable {
    /// The same for every attempt of one call.
    package var id: String
    package var model: ModelName
    package var system: String
    package var tools: [ToolSchema]
    package var messages: [Message]
    package var settings = ModelSettings()
    /// What is known of the model; nil for one that is in no list.
    package var facts: ModelFacts?
    /// The same for calls that begin with the same bytes: vendors keep what they have cached by it.
    package var cacheKey = ""
    /// Why the call is made: `turn` for an agent's own, otherwise a word for the ledger.
    package var purpose: String
    package var agent: String
    package var role: String
    /// How many model replies this agent has had before; the scripted model finds its place by it.
    package var step: Int

    package init(
        id: String, model: ModelName, system: String = "", tools: [ToolSchema] = [], messages: [Message], settings: ModelSettings = .init(),
        facts: ModelFacts? = nil, cacheKey: String = "", purpose: String, agent: String = "", role: String = "", step: Int = 0
    ) {
        self.id = id
        self.model = model
        self.system = system
        self.tools = tools
        self.messages = messages
        self.settings = settings
        self.facts = facts
        self.cacheKey = cacheKey
        self.purpose = purpose
        self.agent = agent
        self.role = role
        self.step = step
    }
}

/// What a provider streams. A provider never throws mid-way for a model's own doing: failures are thrown as `ModelFailure`.
package enum ModelEvent: Sendable, Hashable {
    case text(String)
    case thinking(String, signature: String?)
    /// A tool call in fragments: `index` says which; the name comes once, arguments are JSON text that is joined.
    case toolCallDelta(index: Int, id: String?, name: String?, arguments: String, signature: String? = nil)
    case usage(Usage)
    case stop(StopReason)
    /// What the vendor still lets through.
    case limits(RateReport)
}

extension ModelEvent {
    /// Bytes of text that it brings.
    var size: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .thinking(let text, let signature): text.utf8.count + (signature?.utf8.count ?? 0)
        case .toolCallDelta(_, _, let name, let arguments, let signature):
            (name?.utf8.count ?? 0) + arguments.utf8.count + (signature?.utf8.count ?? 0)
        case .usage, .stop, .limits: 0
        }
    }
}

package enum StopReason: String, Sendable, Hashable, Codable, CaseIterable { case end, toolUse = "tool_use", length, refusal, other }

/// Tokens by class. `input` is without what was read from or written to a cache.
package struct Usage: Sendable, Hashable, Codable {
    package var input = 0
    package var output = 0
    package var cacheRead = 0
    package var cacheWrite = 0
    /// How many tokens of the output nobody sees: the model's thinking.
    package var reasoning = 0
    enum CodingKeys: String, CodingKey {
        case input, output, reasoning
        case cacheRead = "cache_read"
        case cacheWrite = "cache_write"
    }

    package init(input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite: Int = 0, reasoning: Int = 0) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
    }

    /// Rows of earlier versions have fewer classes.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys) throws -> Int { try values.decodeIfPresent(Int.self, forKey: key) ?? 0 }
        self.init(
            input: try count(.input), output: try count(.output), cacheRead: try count(.cacheRead), cacheWrite: try count(.cacheWrite),
            reasoning: try count(.reasoning))
    }

    package var total: Int { self.sent + self.output }

    /// All that was sent, from a cache or not.
    package var sent: Int { self.input + self.cacheRead + self.cacheWrite }

    package static func + (a: Usage, b: Usage) -> Usage {
        Usage(
            input: a.input + b.input, output: a.output + b.output,
            cacheRead: a.cacheRead + b.cacheRead, cacheWrite: a.cacheWrite + b.cacheWrite, reasoning: a.reasoning + b.reasoning)
    }
}

/// A whole reply of a model.
package struct ModelReply: Sendable, Hashable, Codable {
    package var message: Message
    package var usage: Usage
    package var stop: StopReason

    package init(message: Message, usage: Usage, stop: StopReason) {
        self.message = message
        self.usage = usage
        self.stop = stop
    }
}

/// Why a model call failed, by what can be done about it.
package struct ModelFailure: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Worth another try.
        case rateLimited = "rate_limited", overloaded, server, network, stalled
        /// Not worth another try.
        case auth, invalid, contextTooLong = "context_too_long", refused, quota, unavailable, budget, cancelled
        /// What the model thought before is no longer taken: its seal holds for a conversation, an account or a time.
        case thinkingRefused = "thinking_refused"

        package var isTransient: Bool {
            switch self {
            case .rateLimited, .overloaded, .server, .network, .stalled: true
            case .auth, .invalid, .contextTooLong, .thinkingRefused, .refused, .quota, .unavailable, .budget, .cancelled: false
            }
        }

        /// The model could not be had at all, whatever was asked of it.
        package var isOutage: Bool { self.isTransient || [.auth, .quota, .unavailable].contains(self) }
    }
    package let kind: Kind
    /// One sentence.
    package let message: String
    /// What to do next.
    package let hint: String?
    /// Seconds the vendor asked us to wait.
    package let retryAfter: Double?

    package init(_ kind: Kind, _ message: String, hint: String? = nil, retryAfter: Double? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.retryAfter = retryAfter
    }

    package var isTransient: Bool { self.kind.isTransient }

    /// The same with what the answer's headers ask for, where it does not say itself.
    package func waiting(_ seconds: Double?) -> ModelFailure {
        ModelFailure(self.kind, self.message, hint: self.hint, retryAfter: self.retryAfter ?? seconds)
    }

    package var description: String { self.hint.map { "\(self.message) \($0)" } ?? self.message }
}
