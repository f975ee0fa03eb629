import LoomRepository
import LoomSystem

extension Agent {
    /// Asks the model; what it says comes back through the mailbox.
    func think() async throws {
        self.thoughts += 1
        let token = self.thoughts
        let call: ModelCall
        let circumstances: ModelGateway.Circumstances
        var left: ContextWindow.Departed?
        do {
            let departed: ContextWindow.Departed
            (call, circumstances, departed) = try await self.nextCall()
            self.isNewWindow = false
            if departed != self.machine.departed { left = departed }
        } catch {
            self.mailbox.send(.thought(token: token, .failure(ModelFailure(.invalid, error.description))))
            self.thinking = (token, Task {})
            return
        }
        // Before it is sent: after a restart the same bytes must be.
        if let left { try await self.apply(.departed(left)) }
        let hooks = ModelHooks(self.identity, call, roster: self.roster)
        let task = Task { [gateway = self.services.gateway, mailbox = self.mailbox] in
            let result: Result<ModelReply, ModelFailure>
            do throws(ModelFailure) {
                result = .success(try await hooks.after(try await gateway.reply(to: try await hooks.before(call), circumstances)))
            } catch {
                result = .failure(error)
            }
            mailbox.send(.thought(token: token, result))
        }
        self.thinking = (token, task)
    }

    private func nextCall() async throws(PromptError) -> (ModelCall, ModelGateway.Circumstances, ContextWindow.Departed) {
        let catalog = self.services.catalog
        guard let role = catalog.role(self.identity.role) else {
            throw PromptError("The role «\(self.identity.role)» of \(self.identity.name) is not there any more.")
        }
        let budget = self.context.budget
        // By a ratio that never changes: a cut that moved with what the estimate learns would break the cached prefix.
        let rules = self.services.rules.excerpt(bytes: TokenEstimate().bytes(tokens: budget.tokens(.rules)))
        let context = PromptContext(
            agent: self.identity.name, role: role.name, team: self.identity.team, project: self.services.directory, rules: rules.text)
        let system = try await catalog.prompt(for: role, context)
        let tools = role.tools.sorted().compactMap { catalog.tool($0)?.schema }
        var fixed = ContextUse(budget: budget)
        fixed[.rules] = system.contains(rules.text) ? self.estimate.tokens(rules.text) : 0
        fixed[.system] = self.estimate.tokens(system) - fixed[.rules]
        fixed[.tools] = tools.reduce(0) { $0 + self.estimate.tokens($1) }
        await self.complain(of: fixed, rules, role: role.name)
        var window = ContextWindow(budget, departed: self.isNewWindow ? .init() : self.machine.departed)
        let content = window.content(of: self.machine.messages, fixed: fixed, self.estimate)
        self.context = content.use
        let call = ModelCall(
            id: self.services.identifiers.next().description, model: self.model, system: system, tools: tools,
            messages: content.messages, maxOutputTokens: self.services.prices.facts(self.model)?.maxOutput.map { min($0, 16_384) },
            purpose: "turn", agent: self.identity.name, role: role.name, step: self.machine.replies)
        let circumstances = ModelGateway.Circumstances(
            source: self.identity.source, team: self.identity.team, cause: self.cause, contextUsed: content.use.total,
            contextLimit: budget.limit)
        return (call, circumstances, window.departed)
    }

    /// Tells people, once, what of the window's stable part is larger than it should be: only they can make it smaller.
    private func complain(of use: ContextUse, _ rules: ProjectRules.Excerpt, role: String) async {
        let name = self.identity.name
        for cut in rules.cuts {
            await self.roster.warn(
                about: "rules/\(cut)",
                "\(cut.name) is cut for the model: \(cut.shown) of \(cut.size) bytes are shown. Shorten it, or give the rules more room "
                    + "with [context] rules_percent (now \(use.budget.percent(.rules)), of a window of \(use.budget.limit) tokens).")
        }
        for zone in [ContextZone.system, .tools] where use[zone] > use.budget.tokens(zone) {
            let what = zone == .system ? "The prompt of \(name) takes" : "The tools of \(name) take"
            let less = zone == .system ? "Shorten the prompt of the role \(role)" : "Give the role \(role) fewer tools"
            await self.roster.warn(
                about: "\(zone)/\(role)/\(use.budget.limit)",
                "\(what) about \(use[zone]) tokens of the window in every call, more than its \(use.budget.tokens(zone)). \(less), or raise "
                    + "[context] \(zone)_percent (now \(use.budget.percent(zone))).")
        }
    }

    func hear(_ result: Result<ModelReply, ModelFailure>) async throws {
        switch result {
        case .success(let reply):
            if reply.usage.total > 0 {
                let sent = reply.usage.total - reply.usage.output
                self.estimate.learn(estimated: self.context.total, actual: sent)
                self.context.count(input: sent, reply: reply.usage.output)
            }
            let unique = self.withUniqueCalls(reply)
            let parallel = Set(unique.message.toolCalls.filter { self.services.catalog.tool($0.name)?.isParallel ?? false }.map(\.id))
            try await self.apply(.replied(unique, parallel: parallel))
        case .failure(let failure):
            if failure.kind != .cancelled { try await self.apply(.modelFailed(failure)) }
        }
    }

    /// Some servers name every reply's first call alike; a call's id is its identity in the log.
    private func withUniqueCalls(_ reply: ModelReply) -> ModelReply {
        var taken = Set(self.machine.messages.flatMap(\.toolCalls).map(\.id))
        var reply = reply
        reply.message.parts = reply.message.parts.map { part in
            guard case .toolCall(let call) = part, !taken.insert(call.id).inserted else { return part }
            let id = "\(call.id)-\(self.machine.replies + 1)-\(taken.count)"
            taken.insert(id)
            return .toolCall(ToolCall(id: id, name: call.name, arguments: call.arguments, malformed: call.malformed))
        }
        return reply
    }
}
