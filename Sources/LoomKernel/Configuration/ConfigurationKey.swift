import LoomSystem

/// A key that can be set: its name, its type, and what a project may do with it before it is trusted.
package struct ConfigurationKey: Sendable {
    package let name: String
    package let type: ValueType
    package let text: String
    /// True when an untrusted project may set it: it can neither run, send nor widen anything.
    let isHarmless: Bool
    let apply: @Sendable (inout Configuration, JSON, _ origin: String) -> String?

    package enum ValueType: String, Sendable {
        case string = "a string"
        case integer = "an integer"
        case number = "a number"
        case strings = "a list of strings"
    }

    init(
        _ name: String, _ type: ValueType, _ text: String, isHarmless: Bool = false,
        apply: @escaping @Sendable (inout Configuration, JSON, _ origin: String) -> String?
    ) {
        self.name = name
        self.type = type
        self.text = text
        self.isHarmless = isHarmless
        self.apply = apply
    }

    /// The largest number that a setting may have, 30 years in seconds: nothing that is made of it grows past what an integer holds.
    static let largest = 1_000_000_000

    /// Every key but those below `provider`, which have a name of the user's in the middle.
    package static let all: [ConfigurationKey] =
        ["default", "fast", "strong"].map { tier in
            ConfigurationKey("model.\(tier)", .string, "PROVIDER:MODEL for roles of the tier «\(tier)»") { configuration, value, _ in
                guard let text = value.stringValue, ModelName(text) != nil else { return "write PROVIDER:MODEL" }
                configuration.models[tier] = text
                return nil
            }
        } + [
            ConfigurationKey(
                "model.escalation", .strings, "models or tiers, the cheapest first: who fails twice in a row goes on with the next"
            ) { configuration, value, _ in
                let names = value.arrayValue?.compactMap(\.stringValue) ?? []
                guard names.allSatisfy({ ["fast", "default", "strong"].contains($0) || ModelName($0) != nil }) else {
                    return "name tiers (fast, default, strong) or PROVIDER:MODEL"
                }
                configuration.escalation = names
                return nil
            },
            ConfigurationKey("permissions.preset", .string, "ask, read-only, edit or full") { configuration, value, _ in
                guard let preset = value.stringValue.flatMap(TrustPreset.init(rawValue:)) else { return "use ask, read-only, edit or full" }
                configuration.permissions = preset
                return nil
            },
            Self.rules("allow", .allow), Self.rules("ask", .ask), Self.rules("deny", .deny),
            Self.money("budget.session_usd", "dollars a session may spend", \.sessionBudgetUSD),
            Self.money("budget.agent_usd", "dollars an agent may spend", \.agentBudgetUSD),
            Self.count("limits.max_turns", "model replies in one turn of an agent", \.maxTurns, isHarmless: true),
            Self.count("limits.max_agents", "agents in a session", \.maxAgents),
            Self.count("limits.stall_seconds", "the longest silence of a model's server", \.stallSeconds, isHarmless: true),
            ConfigurationKey("context.limit", .integer, "tokens of a context window", isHarmless: true) { configuration, value, _ in
                guard let count = value.intValue, (1_000...Self.largest).contains(count) else {
                    return "use a whole number from 1000 to \(Self.largest)"
                }
                configuration.contextLimit = count
                return nil
            },
            Self.count("context.reserve", "tokens kept free for a reply", \.contextReserve, isHarmless: true),
            Self.count("context.cache_seconds", "seconds a vendor keeps what it has cached of a prompt", \.cacheSeconds, isHarmless: true),
            Self.percent(.system, "percent of the window for a role's prompt; above it a line says so"),
            Self.percent(.tools, "percent of the window for the schemas of tools; above it a line says so"),
            Self.percent(.rules, "percent of the window for the project's rules; what is longer is cut"),
            Self.percent(.history, "percent of the window for earlier turns, at most what the rest leaves; above it the oldest leave"),
            Self.percent(.tail, "percent of the window for what came since the last reply; above it long results are cut"),
            Self.count("context.result_bytes", "bytes of a tool's result that a model reads", \.resultBytes, isHarmless: true),
            Self.count("shell.timeout_seconds", "seconds a command may run", \.shellTimeout, isHarmless: true),
            Self.count("plugins.grace", "seconds that calls may go on after their plugin was replaced", \.pluginGrace, isHarmless: true),
            Self.count("plugins.memory_mb", "the most memory a plugin may ask for", \.pluginCeiling.memoryMB),
            ConfigurationKey("plugins.seconds", .number, "the longest a call of a plugin may take") { configuration, value, _ in
                guard let seconds = value.doubleValue, seconds > 0, seconds <= Double(Self.largest) else {
                    return "use a number above zero, up to \(Self.largest)"
                }
                configuration.pluginCeiling.seconds = seconds
                return nil
            },
            Self.count("plugins.output_kb", "the most that a call of a plugin may give back", \.pluginCeiling.outputKB),
            Self.count("plugins.handles", "the most processes and the like that a plugin may hold open", \.pluginCeiling.handles),
            ConfigurationKey("page.port", .integer, "first port to try for the page") { configuration, value, _ in
                guard let port = value.intValue, (0...65_535).contains(port) else { return "use 0 to 65535" }
                configuration.pagePort = port
                return nil
            },
        ]

    private static func rules(_ name: String, _ verdict: Verdict) -> ConfigurationKey {
        ConfigurationKey("permissions.\(name)", .strings, "rules «SUBJECT [PATTERN]» that \(verdict.rawValue)") {
            configuration, value, origin in
            for item in value.arrayValue ?? [] {
                guard let rule = item.stringValue.flatMap({ PermissionRule(verdict, text: $0, origin: origin) }) else {
                    return "write «SUBJECT [PATTERN]», for example \"file_edit src/**\""
                }
                if let fault = rule.fault { return fault }
                configuration.rules.append(rule)
            }
            return nil
        }
    }

    private static func money(
        _ name: String, _ text: String, _ path: any WritableKeyPath<Configuration, Double?> & Sendable
    ) -> ConfigurationKey {
        ConfigurationKey(name, .number, text) { configuration, value, _ in
            guard let amount = value.doubleValue, amount >= 0, amount.isFinite else { return "use an amount in dollars" }
            configuration[keyPath: path] = amount
            return nil
        }
    }

    private static func percent(_ zone: ContextZone, _ text: String) -> ConfigurationKey {
        ConfigurationKey("context.\(zone.rawValue)_percent", .integer, text, isHarmless: true) { configuration, value, _ in
            guard let percent = value.intValue, (1...100).contains(percent) else { return "use 1 to 100" }
            configuration.contextPercent[zone] = percent
            return nil
        }
    }

    private static func count(
        _ name: String, _ text: String, _ path: any WritableKeyPath<Configuration, Int> & Sendable, isHarmless: Bool = false
    ) -> ConfigurationKey {
        ConfigurationKey(name, .integer, text, isHarmless: isHarmless) { configuration, value, _ in
            guard let count = value.intValue, (1...Self.largest).contains(count) else {
                return "use a whole number from 1 to \(Self.largest)"
            }
            configuration[keyPath: path] = count
            return nil
        }
    }
}
