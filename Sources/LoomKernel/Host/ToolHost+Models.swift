import LoomSystem

/// What a plugin wants a model to answer.
package struct ModelQuestion: Sendable {
    package var messages: [Message]
    package var system: String
    /// A tier of the configuration, or `provider:model`.
    package var model: String
    package var settings: ModelSettings
    /// A word for the ledger, behind the plugin's name.
    package var purpose: String?
    /// False for a hook, which would hear its own call otherwise.
    package var passesHooks: Bool

    package init(
        messages: [Message], system: String, model: String, settings: ModelSettings, purpose: String?, passesHooks: Bool
    ) {
        self.messages = messages
        self.system = system
        self.model = model
        self.settings = settings
        self.purpose = purpose
        self.passesHooks = passesHooks
    }
}

/// What it answered, and what that cost.
package struct ModelAnswer: Sendable {
    package let model: String
    package let reply: ModelReply
    /// Nil where no price is known.
    package let costUSD: Double?
}

extension ToolHost {
    /// Asks a model, on the budget of whoever acts.
    ///
    /// - Parameter onText: the text as it comes, with the number of the attempt; what an earlier attempt said is void.
    package func ask(
        _ question: ModelQuestion, onText: @escaping @Sendable (String, Int) async -> Void
    ) async throws(ToolError) -> ModelAnswer {
        let model = try self.model(question.model)
        try await self.authority.require(Access(.model, model.description), wait: self.humanWait)
        let facts = self.services.models.facts(model)
        let profile = question.messages.reduce(TextProfile(question.system)) { $0 + TextProfile($1) }
        let tokens = await self.services.estimates.estimate(of: model).tokens(profile)
        let purpose = (["plugin", self.tool] + [question.purpose].compactMap(\.self)).joined(separator: "/")
        let call = ModelCall(
            id: self.services.identifiers.next().description, model: model, system: question.system, tools: [],
            messages: question.messages, settings: question.settings.bounded(by: facts), facts: facts, purpose: purpose,
            agent: self.agent.name, role: self.agent.role, step: 0)
        let circumstances = ModelGateway.Circumstances(
            asker: self.agent, cause: nil, contextUsed: tokens, contextLimit: facts?.context ?? 0, onText: onText)
        do throws(ModelFailure) {
            let reply: ModelReply
            if question.passesHooks {
                let hooks = ModelHooks(self.agent, call, roster: self.roster)
                reply = try await hooks.after(
                    try await self.services.gateway.reply(to: try await hooks.before(call), circumstances))
            } else {
                reply = try await self.services.gateway.reply(to: call, circumstances)
            }
            await self.services.estimates.learn(.whole(profile, tokens: reply.usage.sent), of: reply.message.origin)
            return ModelAnswer(model: model.description, reply: reply, costUSD: facts?.cost(reply.usage))
        } catch {
            throw ToolError(error.description, status: error.kind == .cancelled ? .cancelled : .error, code: error.kind.rawValue)
        }
    }

    private func model(_ name: String) throws(ToolError) -> ModelName {
        guard let text = self.services.configuration.model(for: name) else {
            throw ToolError("No model is configured. Set one with --model PROVIDER:MODEL or [model] default.", code: "unavailable")
        }
        guard let model = ModelName(text) else { throw ToolError("«\(text)» is no model's name. Write PROVIDER:MODEL.", code: "invalid") }
        return model
    }
}
