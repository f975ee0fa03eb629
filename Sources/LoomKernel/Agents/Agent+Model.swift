import LoomRepository
import LoomSystem

extension Agent {
    /// Asks the model; what it says comes back through the mailbox.
    func think() async throws {
        self.thoughts += 1
        let token = self.thoughts
        // What is chosen from here on, while the prompt is made, is for the call after this one.
        let choice = self.choice
        self.choice = Choice(model: choice.model)
        let next: Request
        do {
            next = try await self.nextRequest(choice)
        } catch {
            // Nothing was sent.
            if choice.isNewWindow { self.choice.isNewWindow = true }
            if choice.wantsNewList { self.choice.wantsNewList = true }
            self.mailbox.send(.thought(token: token, .failure(ModelFailure(.invalid, error.description))))
            self.thinking = token
            return
        }
        self.askedAt = self.services.ports.clock.now
        // Kept before it is sent: after a restart the same bytes must be.
        for event in next.events { try await self.apply(event) }
        let hooks = ModelHooks(self.identity, next.call, roster: self.roster)
        self.thinking = token
        self.thoughtTasks[token] = Task { [gateway = self.services.gateway, mailbox = self.mailbox] in
            let result: Result<ModelReply, ModelFailure>
            do throws(ModelFailure) {
                let call = try await hooks.before(next.call)
                result = .success(try await hooks.after(try await gateway.reply(to: call, next.circumstances)))
            } catch {
                result = .failure(error)
            }
            mailbox.send(.thought(token: token, result))
        }
    }

    /// What is sent next, and what has to be kept of it before.
    private struct Request {
        let call: ModelCall
        let circumstances: ModelGateway.Circumstances
        let events: [AgentEvent]
    }

    private func nextRequest(_ choice: Choice) async throws(PromptError) -> Request {
        let budget = ContextBudget(
            self.services.configuration, model: choice.model, role: self.role, self.services.models, ceiling: self.windowCeiling)
        let rules = self.services.rules.excerpt(budget)
        let now = try await self.currentPrefix(rules.text)
        self.machine.limit = now.role.maxTurns ?? self.services.configuration.maxTurns
        let model = self.nextModel(choice.model, now.role)
        let estimate = await self.estimate(of: model)
        var next = self.machine
        var events: [AgentEvent] = []
        func add(_ event: AgentEvent) {
            _ = next.handle(event)
            events.append(event)
        }
        let departed = choice.isNewWindow ? .init() : self.machine.departed
        var isBroken = self.isCacheBroken(now, choice)
        if !isBroken, let news = ToolNews(known: next.knownTools, now: now.tools) { add(.told(news, text: news.text(door: self.door))) }
        var prefix = self.prefix(now, isBroken: isBroken)
        var window = ContextWindow(budget, departed: departed, profiles: self.profiles)
        var content = window.content(of: next.messages, fixed: prefix.use(budget, estimate), estimate)
        if !isBroken, Self.isCacheBroken(departed, window.departed) {
            // The list of tools may as well change now, and then there is nothing to tell.
            isBroken = true
            (next, events) = (self.machine, [])
            prefix = self.prefix(now, isBroken: true)
            window = ContextWindow(budget, departed: departed, profiles: self.profiles)
            content = window.content(of: next.messages, fixed: prefix.use(budget, estimate), estimate)
        }
        self.profiles = window.profiles
        self.asked = AskedPrompt(prefix: prefix, departed: window.departed, profile: prefix.profile + content.profile)
        if prefix != next.prefix { add(.prefixed(prefix)) }
        if window.departed != next.departed { add(.departed(window.departed)) }
        self.context = content.use
        await self.complain(of: content.use, rules, role: now.role.name)
        let fixed = prefix.use(budget, estimate).total
        guard fixed <= budget.limit else {
            // It would be asked without a word of what it is about, again and again.
            throw PromptError(
                "The prompt and the tools of \(self.identity.name) take about \(fixed) tokens, and the window has \(budget.limit). "
                    + "Choose a model with a larger one, give the role fewer tools, or raise [context] limit where it is set.")
        }
        let call = self.call(model, now.role, prefix, content.messages)
        await self.warnOfRetirement(call)
        let circumstances = ModelGateway.Circumstances(
            asker: self.identity, cause: self.cause, contextUsed: content.use.total, contextLimit: budget.limit,
            mends: Self.mends.subtracting(self.mended))
        return Request(call: call, circumstances: circumstances, events: events)
    }

    private func call(_ model: ModelName, _ role: Role, _ prefix: Prefix, _ messages: [Message]) -> ModelCall {
        let facts = self.services.models.facts(model)
        return ModelCall(
            id: self.services.identifiers.next().description, model: model, system: prefix.prompt.text, tools: prefix.tools,
            messages: AttachmentStore(self.services).filled(messages.map { $0.without(self.refusedSeals) }, for: facts),
            settings: (role.settings ?? ModelSettings()).bounded(by: facts), facts: facts, cacheKey: self.identity.id.description,
            purpose: "turn", agent: self.identity.name, role: role.name, step: self.machine.replies)
    }

    /// The model that plans, or the one that carries out where a role has two: after the first reply of a turn, while its calls succeed.
    private func nextModel(_ model: ModelName, _ role: Role) -> ModelName {
        guard self.machine.turnReplies > 0, !self.machine.lastCallsFailed else { return model }
        return self.services.configuration.editModel(of: role) ?? model
    }

    private func warnOfRetirement(_ call: ModelCall) async {
        guard let text = call.facts?.retirement(at: self.services.ports.clock.now) else { return }
        await self.roster.warn(about: "retirement/\(call.model)", text)
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

    /// What the window held at the last call, for people to see where no call was made yet: after a restart, or with another model.
    func measure() async {
        let choice = self.choice
        let budget = ContextBudget(self.services.configuration, model: choice.model, role: self.role, self.services.models)
        self.context = ContextUse(budget: budget)
        let before = self.thoughts
        let estimate = await self.estimate(of: choice.model)
        // A call that began meanwhile knows better.
        guard before == self.thoughts, let prefix = self.machine.prefix,
            let last = self.machine.messages.lastIndex(where: { $0.author == .assistant })
        else { return }
        var window = ContextWindow(budget, departed: choice.isNewWindow ? .init() : self.machine.departed)
        var use = window.content(of: Array(self.machine.messages[..<last]), fixed: prefix.use(budget, estimate), estimate).use
        self.profiles = window.profiles
        let usage = self.machine.usage
        let own = [choice.model, self.role.flatMap { self.services.configuration.editModel(of: $0) }].compactMap { $0?.description }
        if let origin = self.machine.messages[last].origin, own.contains(origin), usage.total > 0 {
            use.count(input: usage.sent, reply: usage.output)
        }
        self.context = use
    }

    func hear(_ result: Result<ModelReply, ModelFailure>) async throws {
        switch result {
        case .success(let reply):
            self.mended = []
            if reply.usage.total > 0 {
                await self.learn(from: reply)
                self.context.count(input: reply.usage.sent, reply: reply.usage.output)
            }
            let unique = self.withUniqueCalls(reply)
            var parallel: Set<String> = []
            for call in unique.message.toolCalls where await self.isParallel(call) { parallel.insert(call.id) }
            try await self.apply(.replied(unique, parallel: parallel))
        case .failure(let failure) where Self.mends.contains(failure.kind) && self.mended.insert(failure.kind).inserted:
            await self.mend(failure)
            try await self.think()
        case .failure(let failure):
            self.mended = []
            try await self.apply(.modelFailed(failure))
        }
    }

    /// Failures after which a call is made once more in another way.
    private static let mends: Set<ModelFailure.Kind> = [.contextTooLong, .thinkingRefused]

    private func mend(_ failure: ModelFailure) async {
        let change: String
        if failure.kind == .thinkingRefused {
            self.refusedSeals.formUnion(self.machine.messages.flatMap(\.seals))
            change = "without what it thought before"
        } else {
            // The estimate was wrong, or the server takes less than is known: with less, and what does not fit leaves.
            self.windowCeiling = max(2_000, min(self.context.total, self.context.budget.limit) * 3 / 4)
            change = "with a smaller window"
        }
        await self.note("\(failure.message) \(self.identity.name) asks again \(change).", level: "info")
    }

    /// Goes on with the next model of the chain, where there is one.
    func escalate() async {
        let configuration = self.services.configuration
        let chain = configuration.escalation.compactMap { configuration.model(for: $0).flatMap { ModelName($0) } }
        let before = self.choice.model
        guard let place = chain.firstIndex(of: before), let next = chain[(place + 1)...].first(where: { $0 != before }) else { return }
        guard (try? await self.roster.setModel(next, for: self.identity.name)) != nil else { return }
        await self.note("\(self.identity.name) goes on with \(next): two turns in a row did not succeed with \(before).", level: "info")
    }

    func note(_ text: String, level: String = "warning") async {
        _ = try? await self.services.store.publish(
            Notice(level: level, text: text), source: self.identity.source, team: self.identity.team)
    }

    /// Some servers name every reply's first call alike; a call's id is its identity in the log.
    private func withUniqueCalls(_ reply: ModelReply) -> ModelReply {
        var taken = Set(self.machine.messages.flatMap(\.toolCalls).map(\.id))
        var reply = reply
        reply.message.parts = reply.message.parts.map { part in
            guard case .toolCall(let call) = part, !taken.insert(call.id).inserted else { return part }
            let id = "\(call.id)-\(self.machine.replies + 1)-\(taken.count)"
            taken.insert(id)
            return .toolCall(
                ToolCall(id: id, name: call.name, arguments: call.arguments, malformed: call.malformed, signature: call.signature))
        }
        return reply
    }
}
