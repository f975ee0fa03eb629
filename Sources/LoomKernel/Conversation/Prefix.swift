package import LoomRepository

/// What stands before an agent's conversation in every request. As long as its bytes stay, the vendor's prompt cache holds; so it is
/// kept with the agent's events, and after a restart the same bytes are sent.
package struct Prefix: Sendable, Hashable, Codable {
    package var role: Role
    package var prompt: RenderedPrompt
    /// Sorted by name.
    package var tools: [ToolSchema]

    /// What a role gives an agent now.
    package static func now(
        _ role: Role, _ context: PromptContext, _ catalog: any Catalog
    ) async throws(PromptError) -> Prefix {
        Prefix(role: role, prompt: try await catalog.prompt(for: role, context), tools: Self.tools(of: role, catalog))
    }

    package static func tools(of role: Role, _ catalog: any Catalog) -> [ToolSchema] {
        role.tools.sorted().compactMap { catalog.tool($0)?.schema }
    }

    package var profile: TextProfile { self.tools.reduce(TextProfile(self.prompt.text)) { $0 + TextProfile($1) } }

    /// How much of a window it takes. The rules have their share of the prompt by bytes.
    package func use(_ budget: ContextBudget, _ estimate: TokenEstimate) -> ContextUse {
        var use = ContextUse(budget: budget)
        let prompt = estimate.seenTokens(TextProfile(self.prompt.text))
        use[.rules] = prompt * self.prompt.rules / max(1, self.prompt.text.utf8.count)
        use[.system] = prompt - use[.rules]
        use[.tools] = self.tools.reduce(0) { $0 + estimate.seenTokens(TextProfile($1)) }
        return use
    }
}

extension ProjectRules {
    /// What of the rules has room in such a window. By a ratio that never changes: a cut that moved with what an estimate learns would
    /// break the cached prefix.
    package func excerpt(_ budget: ContextBudget) -> Excerpt {
        self.excerpt(bytes: budget.tokens(.rules) * TokenEstimate.usualBytes)
    }
}

extension ContextBudget {
    /// The window of a model, as it is configured; a model nobody knows is taken to have 128,000 tokens. Where a role has two models it is
    /// the smaller window, for every call: both are sent the same conversation, and what left it for one stays away for the other.
    /// - Parameter ceiling: tokens that its server takes at the most, where it refused more.
    package init(_ configuration: Configuration, model: ModelName?, role: Role?, _ models: ModelTable, ceiling: Int? = nil) {
        func window(_ model: ModelName?) -> Int { model.flatMap { models.facts($0)?.context } ?? 128_000 }
        let editor = role.flatMap { configuration.editModel(of: $0) }
        let limit = configuration.contextLimit ?? min(window(model), editor.map(window) ?? .max)
        self.init(
            limit: min(limit, ceiling ?? limit),
            reply: configuration.contextReserve, percent: configuration.contextPercent)
    }
}
