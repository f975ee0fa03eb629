package import LoomSystem
import Synchronization

/// Who is in the session: spawns agents, keeps them supervised, and carries messages between them.
package actor Roster {
    nonisolated let services: Services
    private lazy var supervisor = Supervisor(
        clock: self.services.ports.clock, onEvent: { [weak self] event in await self?.heard(event) })
    private var members: [String: Member] = [:]
    private var order: [String] = []
    /// The model that a person gave a team, by its name, or everybody: agents to come get it too, until the program ends.
    private var chosen: [String?: ModelName] = [:]
    package private(set) var lead = ""

    /// Teams whose rows are known to be there.
    private var storedTeams: Set<String> = []
    private var warnings: Set<String> = []
    /// For those who have something to tell an agent that is between two lives.
    private var lives: [String: OneShot<Bool>] = [:]
    private var isOpen = true
    private nonisolated let halted = Mutex(false)

    private struct Member {
        var identity: AgentIdentity
        var model: ModelName
        var agent: Agent?
        /// The agent has not begun to run: its first run takes it, a later one begins anew.
        var isFresh = false
        var failure: String?
    }

    package init(services: Services) {
        self.services = services
    }

    /// People must hear of a failed agent even when the store is what failed it, so these are published as best they can.
    private func heard(_ event: Supervisor.Event) async {
        switch event {
        case .restarting(let child, let reason, let restarts):
            await self.tell(AgentRestarted(agent: child, reason: reason, restarts: restarts))
        case .failed(let child, let reason):
            self.fail(child, reason)
            await self.tell(AgentStateChanged(agent: child, state: .failed, reason: reason))
            if let identity = self.members[child]?.identity { await self.tellCreators(of: identity, "failed for good (\(reason))") }
        case .ended:
            break
        }
    }

    /// Where it cannot be kept, it is heard all the same.
    private func tell(_ payload: some SignalPayload) async {
        do {
            try await self.services.store.publish(payload, source: "kernel")
        } catch {
            self.services.bus.publish(payload, source: "kernel")
        }
    }

    // MARK: Spawning

    /// What a new agent shall be.
    package struct Draft: Sendable, Hashable {
        package var role: String
        package var name: String?
        package var model: String?
        package var team: String
        package init(role: String, name: String? = nil, model: String? = nil, team: String = "core") {
            self.role = role
            self.name = name
            self.model = model
            self.team = team
        }
    }

    /// Checks that an agent of this kind could be spawned, without doing it.
    func plan(_ draft: Draft) throws(CommandError) -> (role: Role, name: String, model: ModelName) {
        guard let role = self.services.catalog.role(draft.role) else {
            throw CommandError(absence(of: "role", draft.role, among: self.services.catalog.roles.map(\.name)))
        }
        let limit = self.services.configuration.maxAgents
        guard self.members.count < limit else {
            throw CommandError("The team has \(limit) agents, which is the limit. Raise [limits] max_agents, or end one with /remove.")
        }
        let name = try self.freeName(draft.name, role: role.name)
        let chosen = self.chosen[draft.team] ?? self.chosen[nil]
        let text = draft.model ?? chosen?.description ?? self.services.configuration.model(for: role.model)
        guard let text else {
            throw CommandError("No model is configured. Set one with --model PROVIDER:MODEL or [model] default in the configuration.")
        }
        guard let model = ModelName(text) else {
            throw CommandError("«\(text)» is not a model's name. Write PROVIDER:MODEL, for example anthropic:claude-sonnet-5-5.")
        }
        return (role, name, model)
    }

    private func freeName(_ wanted: String?, role: String) throws(CommandError) -> String {
        if let wanted {
            let isPlain =
                !wanted.isEmpty && wanted.count <= 32 && wanted.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            guard isPlain else { throw CommandError("«\(wanted)» is no name for an agent: use up to 32 letters, digits, - and _.") }
            guard self.members[wanted] == nil else { throw CommandError("There is an agent «\(wanted)» already. Choose another name.") }
            return wanted
        }
        if self.members[role] == nil { return role }
        for number in 2... where self.members["\(role)\(number)"] == nil { return "\(role)\(number)" }
        return role
    }

    @discardableResult
    package func spawn(_ draft: Draft, by: String, cause: ID? = nil, effect: (agent: ID, call: String)? = nil) async throws(CommandError)
        -> AgentIdentity
    {
        let (role, name, model) = try self.plan(draft)
        let identity = AgentIdentity(id: self.services.identifiers.next(), name: name, role: role.name, team: draft.team)
        // Taken before the first wait, so that two spawns side by side cannot both get the name.
        self.members[name] = Member(identity: identity, model: model)
        self.order.append(name)
        self.prepare(name, isNew: true)
        let isNewTeam = !self.storedTeams.contains(draft.team)
        do {
            try await self.services.store.transaction { transaction in
                if isNewTeam { try transaction.keepTeam(draft.team) }
                try transaction.keepAgent(identity, model: model, by: by, cause: cause)
                if let effect { try transaction.record(.stored("\(name) was started"), agent: effect.agent, call: effect.call) }
            }
        } catch {
            self.forget(name)
            throw CommandError(error)
        }
        self.storedTeams.insert(draft.team)
        if self.lead.isEmpty { self.lead = name }
        await self.supervise(name)
        return identity
    }

    /// Brings back the agents of a stored session; `model` nil means each has the one it had.
    package func restore(lead: String, model: ModelName? = nil) async throws(CommandError) {
        let rows: [(AgentIdentity, ModelName)]
        do {
            rows = try await self.services.store.agents(session: self.services.session)
        } catch {
            throw CommandError(error)
        }
        self.lead = lead
        for (identity, stored) in rows {
            self.members[identity.name] = Member(identity: identity, model: model ?? stored)
            self.order.append(identity.name)
        }
        if let model { for name in self.order { try await self.setModel(model, for: name) } }
        for name in self.order {
            self.prepare(name, isNew: false)
            await self.supervise(name)
        }
    }

    /// Made before its first run, so that it can be spoken to: its mailbox keeps what comes until then.
    private func prepare(_ name: String, isNew: Bool) {
        let agent = self.make(name, isNew: isNew)
        self.members[name]?.agent = agent
        self.members[name]?.isFresh = true
    }

    private func supervise(_ name: String) async {
        await self.supervisor.start(
            Supervisor.ChildSpec(id: name, restart: .transient) { [weak self] in
                // A new value each time: what a crash may have left in the old one is gone, the rows are the truth.
                guard let agent = await self?.renew(name) else { return }
                try await agent.run()
            })
    }

    private func fail(_ name: String, _ reason: String) {
        self.members[name]?.failure = reason
        self.tellWaiting(name)
    }

    private func renew(_ name: String) -> Agent? {
        guard self.isOpen else { return nil }
        defer { self.tellWaiting(name) }
        if self.members[name]?.isFresh == true {
            self.members[name]?.isFresh = false
        } else {
            let agent = self.make(name)
            self.members[name]?.agent = agent
        }
        return self.members[name]?.agent
    }

    private func make(_ name: String, isNew: Bool = false) -> Agent? {
        guard let member = self.members[name] else { return nil }
        let limit = self.services.catalog.role(member.identity.role)?.maxTurns ?? self.services.configuration.maxTurns
        return Agent(
            identity: member.identity, model: member.model, limit: limit, isNew: isNew, services: self.services, roster: self)
    }

    private func forget(_ name: String) {
        defer { self.tellWaiting(name) }
        // It may never have run.
        self.members[name]?.agent?.dismiss()
        self.members[name] = nil
        self.order.removeAll { $0 == name }
    }

    /// Ends an agent's membership; what it did stays in the log.
    package func remove(_ name: String, by: String) async throws(CommandError) {
        let member = try self.member(name)
        guard name != self.lead else { throw CommandError("The lead cannot leave its session. Stop it with /stop, or leave with /quit.") }
        await self.supervisor.stop(name)
        let (identity, identifiers) = (member.identity, self.services.identifiers)
        let told: [String]
        do {
            told = try await self.services.store.transaction { transaction in
                try transaction.removeAgent(identity, by: by)
                return try transaction.tellCreators(of: identity, "left the team", identifiers)
            }
        } catch {
            // It does not run any more, and is a member still.
            self.fail(name, "it could not leave: \(error)")
            throw CommandError(error)
        }
        told.forEach(self.wake)
        self.forget(name)
    }

    /// From here on agents keep nothing of what happens to them: it is the session's end, and none of theirs.
    func seal() {
        self.isOpen = false
        for member in self.members.values { member.agent?.seal() }
        self.lives.keys.forEach(self.tellWaiting)
    }

    package func close() async {
        self.seal()
        await self.supervisor.stopAll()
        for member in self.members.values { member.agent?.dismiss() }
        self.members = [:]
    }

    // MARK: Control

    /// Pauses, resumes or stops an agent: returns when it is kept and under way. One that is just coming back after a failure is
    /// told when it is there.
    func control(_ event: AgentEvent, _ name: String) async throws(CommandError) {
        while true {
            let agent = try self.agent(name)
            if await agent.control(event) { return }
            guard self.isOpen else { throw CommandError("The session is ending.") }
            if let reason = self.members[name]?.failure { throw CommandError("\(name) has failed and does nothing any more: \(reason)") }
            guard self.members[name]?.agent === agent else { continue }
            let life = self.lives[name] ?? OneShot()
            self.lives[name] = life
            guard await life.value() != nil else { throw CommandError("\(name) was not told: it has not come back yet.") }
        }
    }

    /// Everybody: those first who can be told at once. Whoever has left or failed meanwhile does nothing any more.
    func control(_ event: AgentEvent) async {
        var late: [String] = []
        for name in self.order {
            guard let agent = self.members[name]?.agent else { continue }
            if await !agent.control(event) { late.append(name) }
        }
        for name in late { try? await self.control(event, name) }
    }

    /// From now on nobody begins a turn: what waits is left for a resumed session.
    nonisolated func halt() { self.halted.withLock { $0 = true } }

    nonisolated var isHalted: Bool { self.halted.withLock { $0 } }

    private func tellWaiting(_ name: String) { self.lives.removeValue(forKey: name)?.fulfil(true) }

    // MARK: Looking up

    private func member(_ name: String) throws(CommandError) -> Member {
        if let member = self.members[name] { return member }
        throw CommandError(absence(of: "agent", name, among: self.order))
    }

    package func identity(_ name: String) throws(CommandError) -> AgentIdentity { try self.member(name).identity }

    package func agent(_ name: String) throws(CommandError) -> Agent {
        guard let agent = try self.member(name).agent else { throw CommandError("\(name) has left.") }
        return agent
    }

    package var names: [String] { self.order }

    /// For a team, or for everybody: who is there, and who comes later.
    package func setModel(_ model: ModelName, ofTeam team: String?) async throws(CommandError) {
        if team == nil { self.chosen = [:] }
        self.chosen[team] = model
        let names = self.order.filter { team == nil || self.members[$0]?.identity.team == team }
        for name in names { try await self.setModel(model, for: name) }
    }

    package var teams: Set<String> { Set(self.members.values.map(\.identity.team)) }

    package func setModel(_ model: ModelName, for name: String) async throws(CommandError) {
        let member = try self.member(name)
        do {
            try await self.services.store.transaction { try $0.setModel(model, of: member.identity) }
        } catch {
            throw CommandError(error)
        }
        self.members[name]?.model = model
        await self.members[name]?.agent?.setModel(model)
    }

    package func summaries() async -> [AgentSummary] {
        let unread = (try? await self.services.store.unreadCounts(session: self.services.session)) ?? [:]
        let usage = (try? await self.services.store.usage(session: self.services.session)) ?? [:]
        var found: [AgentSummary] = []
        for name in self.order {
            guard let member = self.members[name] else { continue }
            await member.agent?.comeBack()
            let context = await member.agent?.context
            let status = await member.agent?.status ?? .idle
            let activity = await member.agent?.activity
            found.append(
                AgentSummary(
                    name: name, role: member.identity.role, team: member.identity.team, model: member.model.description,
                    state: member.failure == nil ? status : .failed, activity: member.failure ?? activity, contextUsed: context?.total ?? 0,
                    contextLimit: context?.budget.limit ?? 0, context: context?.zones ?? [], usage: usage[name]?.usage ?? Usage(),
                    costUSD: usage[name]?.cost ?? 0, unpricedCalls: usage[name]?.unpriced ?? 0, queued: unread[name] ?? 0))
        }
        return found
    }

    /// Returns when the steps under way are kept.
    func settle() async {
        for member in self.members.values { await member.agent?.settle() }
    }

    /// What all agents' vendors keep and lose of their cached prompts by a reload, in tokens; nil when nobody is concerned.
    func cached(after report: PluginReported) async -> (kept: Int, lost: Int)? {
        var sum: (kept: Int, lost: Int)?
        for agent in self.order.compactMap({ self.members[$0]?.agent }) {
            guard let cached = await agent.cached(after: report) else { continue }
            sum = ((sum?.kept ?? 0) + cached.kept, (sum?.lost ?? 0) + cached.lost)
        }
        return sum
    }

    /// Lets every agent whose tools have changed have its new list at the next call; gives back what each loses of its cache.
    func renewLists() async -> [(name: String, lost: Int)] {
        var renewed: [(name: String, lost: Int)] = []
        for name in self.order {
            guard let lost = await self.members[name]?.agent?.renewList() else { continue }
            renewed.append((name, lost))
        }
        return renewed
    }

    /// Tells people once in this process; `about` is the same for what need not be said twice.
    func warn(about: String, _ text: String) async {
        guard self.warnings.insert(about).inserted else { return }
        _ = try? await self.services.store.publish(Notice(level: "warning", text: text), source: "kernel")
    }

    // MARK: Messages

    /// Stores a message and wakes its reader.
    @discardableResult
    package func deliver(
        _ text: String, to name: String, from sender: String, source: String? = nil, kind: InboxItem.Kind, urgent: Bool = false,
        cause: ID? = nil,
        effect: (agent: ID, call: String)? = nil
    ) async throws(CommandError) -> InboxItem {
        let identity = try self.member(name).identity
        let item = InboxItem(
            id: self.services.identifiers.next(), from: sender, to: name, kind: kind, priority: urgent ? .urgent : .normal, text: text,
            time: self.services.ports.clock.now, cause: cause)
        do {
            try await self.services.store.transaction { transaction in
                if let effect { try transaction.record(.stored("the message to \(name) was sent"), agent: effect.agent, call: effect.call) }
                let isSigned = sender.hasPrefix("user") || kind != .user
                let source = source ?? (kind != .user ? "agent/\(sender)" : isSigned ? sender : "user/\(sender)")
                try transaction.queue(item, agent: identity, source: source, call: effect?.call)
                if kind == .user {
                    try transaction.publish(
                        UserSaid(to: name, text: text, item: item.id.description), source: source, subject: item.id.description,
                        team: identity.team)
                }
            }
        } catch {
            throw CommandError(error)
        }
        self.members[name]?.agent?.poke(urgent: urgent)
        return item
    }

    /// Wakes an agent for what a transaction of someone else queued.
    func wake(_ name: String) { self.members[name]?.agent?.poke(urgent: false) }

    /// An agent is gone: whoever gave it a task that it has not completed must hear of it, or would wait for ever.
    private func tellCreators(of identity: AgentIdentity, _ what: String) async {
        let identifiers = self.services.identifiers
        let told = try? await self.services.store.transaction { try $0.tellCreators(of: identity, what, identifiers) }
        told?.forEach(self.wake)
    }
}
