package import LoomSystem

/// Everything a user may set, after all layers were put together.
package struct Configuration: Sendable, Hashable {
    /// A model by tier: `default`, `fast`, `strong`.
    package var models: [String: String] = [:]
    /// Models to go on with when one cannot be had, by its name.
    package var fallbacks: [String: [String]] = [:]
    /// Models or tiers from the cheapest up: who fails twice with one goes on with the next.
    package var escalation: [String] = []
    /// What stands in where no default is configured: of a provider whose key is set, or of the session that is resumed.
    package var fallbackModel: String?
    package var permissions: TrustPreset = .ask
    package var rules: [PermissionRule] = []
    /// Dollars; nil for no limit.
    package var sessionBudgetUSD: Double?
    package var agentBudgetUSD: Double?
    /// Model replies in one turn.
    package var maxTurns = 50
    package var maxAgents = 10
    package var stallSeconds = 120
    /// Tokens; nil for what the model is known to take.
    package var contextLimit: Int?
    /// Tokens kept free for the reply.
    package var contextReserve = 8_192
    /// Seconds that a vendor keeps what it has cached of a prompt.
    package var cacheSeconds = 300
    /// What a zone of the window may take, in percent of it, where that was set.
    package var contextPercent: [ContextZone: Int] = [:]
    /// Bytes of a tool's result that enter the context.
    package var resultBytes = 32_768
    /// Seconds a shell command may run when the call says nothing.
    package var shellTimeout = 120
    package var pagePort = 4200
    /// The most that a plugin may ask for.
    package var pluginCeiling = PluginLimits.ceiling
    /// Seconds that calls may go on after their plugin was replaced.
    package var pluginGrace = 30
    package var providers: [String: ProviderSettings] = [:]
    package var endpoints: [String: EndpointSettings] = [:]
    /// The values that were set, by dotted key, as plugins may read them.
    package var values: [String: JSON] = [:]
    /// Where each of them stands.
    package var origins: [String: String] = [:]
    /// What a person should know about how this came together: a project's keys that did not count.
    package var notices: [String] = []

    package init() {}

    /// The default model, nil when there is none.
    package var model: String? { self.models["default"] ?? self.fallbackModel }

    /// The model for a role's tier; a name with a provider stands for itself.
    package func model(for tier: String) -> String? {
        if tier.contains(":") { return tier }
        return self.models[tier] ?? self.model
    }

    /// The model that carries out what a role's other model planned; nil for a role with one.
    package func editModel(of role: Role) -> ModelName? {
        role.editModel.flatMap { self.model(for: $0) }.flatMap { ModelName($0) }
    }
}

/// What a user may set for a provider that a plugin brings.
package struct ProviderSettings: Sendable, Hashable {
    package var baseURL: String?
    package var keyEnv: String?
    package var keyFile: String?
    /// A line for the shell whose first line of output is the key.
    package var keyCommand: String?
    /// Under which the user's program is known to the vendor's authorisation server.
    package var clientID: String?
    package var limits = RateLimits()
    package init(baseURL: String? = nil, keyEnv: String? = nil) {
        self.baseURL = baseURL
        self.keyEnv = keyEnv
    }
}

/// A server under a name of the user's own.
package struct EndpointSettings: Sendable, Hashable {
    package var url: String
    /// Name of the environment variable with the key; nil for a server that wants none.
    package var keyEnv: String?
    package var keyFile: String?
    package var keyCommand: String?
    /// What it speaks, as the plugins of providers call it.
    package var dialect: String
    package init(url: String, keyEnv: String? = nil, dialect: String = "openai-chat") {
        self.url = url
        self.keyEnv = keyEnv
        self.dialect = dialect
    }
}

/// A mistake in the configuration, with its place and what is near.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
