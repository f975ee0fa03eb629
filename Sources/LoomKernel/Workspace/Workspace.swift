import GRDB
import LoomRepository
package import LoomSystem

/// One project folder with everything that persists about it, and one session of work in it: the only door for front ends.
package actor Workspace {
    package nonisolated let services: Services
    let roster: Roster
    let desk: ServiceDesk
    /// Held until it is closed.
    private var lock: SessionLock?
    private let frontEnd: String
    /// The last report of each plugin, by kind and name.
    var reports: [String: PluginReported] = [:]
    private var closing: Task<SessionFinished, Never>?
    /// How many messages of the lead are of earlier: what it said then is no result of now.
    private var earlier = 0

    package nonisolated var bus: SignalBus { self.services.bus }
    package nonisolated var directory: String { self.services.directory }
    package nonisolated var configuration: Configuration { self.services.configuration }
    package nonisolated var catalog: any Catalog { self.services.catalog }
    package nonisolated var session: ID { self.services.session }

    private init(services: Services, roster: Roster, lock: SessionLock?, frontEnd: String) {
        self.services = services
        self.roster = roster
        self.desk = ServiceDesk(roster: roster)
        self.lock = lock
        self.frontEnd = frontEnd
    }

    // MARK: Opening and closing

    /// A bus that exists before the workspace, so that what happens while opening (plugins loading) is heard.
    package static func makeBus(_ ports: Ports) -> SignalBus {
        SignalBus(clock: ports.clock, identifiers: IDGenerator(clock: ports.clock, random: ports.random))
    }

    package static func open(
        _ options: WorkspaceOptions, ports: Ports, bus: SignalBus, catalog: any Catalog
    ) async throws(CommandError) -> Workspace {
        let opened = try StateFolder.open(options, ports: ports, bus: bus)
        let store = opened.store
        let identifiers = IDGenerator(clock: ports.clock, random: ports.random)
        let stored = try await StoredSession.find(options.session, in: store, options.seal)
        let session = stored?.id ?? identifiers.next()
        let lock = try opened.lock(session)
        store.setSession(session)
        options.configuration.update { configuration in
            configuration.notices += opened.notices + (stored?.notices ?? [])
            configuration.fallbackModel = configuration.fallbackModel ?? stored?.model
        }
        let configuration = options.configuration.value
        // A flag is about this very start, so it counts more than what the session had.
        let isFlagged = configuration.origins["permissions.preset"] == "--permissions"
        let preset = isFlagged ? configuration.permissions : stored?.permissions ?? configuration.permissions
        let permissions = PermissionEngine(preset: preset, rules: configuration.rules)
        stored?.grants.forEach(permissions.grant)
        let budget = Budget(sessionLimit: configuration.sessionBudgetUSD, agentLimit: configuration.agentBudgetUSD)
        if let stored { budget.restore(stored.spent) }
        let models = ModelTable(path: options.modelData, lists: options.modelLists)
        let questions = Questions(
            store: store, clock: ports.clock, identifiers: identifiers, permissions: permissions, isInteractive: options.isInteractive)
        let services = Services(
            session: session, directory: options.directory, liveConfiguration: options.configuration, ports: ports,
            identifiers: identifiers, bus: bus, store: store, catalog: catalog, permissions: permissions,
            questions: questions,
            gateway: ModelGateway(
                store: store, bus: bus, catalog: catalog, purse: Purse(budget: budget, store: store, questions: questions), models: models,
                clock: ports.clock, random: ports.random, retry: RetryPolicy(), configuration: options.configuration,
                limiter: RateLimiter(clock: ports.clock), outages: Outages()), budget: budget, models: models,
            estimates: LearnedEstimates(store: store),
            secrets: SecretFilter(
                environment: ports.environment, names: Self.secretVariables(catalog), learned: options.learnedSecrets),
            seal: options.seal,
            outliner: Outliner(
                Grammars(options.grammarFolders.map { GrammarFolder($0, files: ports.files) }), program: options.outlineProgram,
                runner: ports.processes), plugins: options.plugins)
        let workspace = Workspace(services: services, roster: Roster(services: services), lock: lock, frontEnd: options.frontEnd)
        try await workspace.begin(options, stored)
        return workspace
    }

    private func begin(_ options: WorkspaceOptions, _ stored: StoredSession?) async throws(CommandError) {
        let (services, frontEnd) = (self.services, self.frontEnd)
        let preset = services.permissions.preset.rawValue
        do {
            try await services.store.transaction { transaction in
                if stored == nil {
                    try transaction.db.run(
                        sql: "INSERT INTO session (id, lead, started_at, active_at, permissions, seal, model) VALUES (?, ?, ?, ?, ?, ?, ?)",
                        arguments: [
                            services.session.description, options.leadRole, transaction.now.iso8601, transaction.now.iso8601,
                            preset, services.seal.seal(preset: preset, of: services.session.description), services.configuration.model,
                        ])
                } else {
                    // What was asked before the crash is asked anew by the calls that still want to know.
                    try transaction.db.run(
                        sql: "UPDATE question SET answered_by = 'restart' WHERE session = ? AND answered_by IS NULL",
                        arguments: [services.session.description])
                }
                try transaction.publish(
                    SessionStarted(session: services.session.description, resumed: stored != nil, frontEnd: frontEnd), source: "kernel")
                for notice in services.configuration.notices {
                    try transaction.publish(Notice(level: "warning", text: notice), source: "kernel")
                }
            }
        } catch {
            throw CommandError(error)
        }
        if let stored {
            try await self.roster.restore(lead: stored.lead, model: self.flaggedModel)
            let lead = try await self.roster.agent(stored.lead)
            await lead.comeBack()
            self.earlier = await lead.earlier
        } else {
            try await self.roster.spawn(.init(role: options.leadRole, name: options.leadRole), by: "kernel")
        }
    }

    /// The catalog hands out other plugins than before, or is complete for the first time: services begin, change and end with it.
    package func catalogChanged() async {
        self.services.secrets.rename(Self.secretVariables(self.catalog))
        await self.desk.reconcile()
    }

    private static func secretVariables(_ catalog: any Catalog) -> Set<String> { Set(catalog.providers.flatMap(\.secretVariables)) }

    private var flaggedModel: ModelName? {
        let configuration = self.configuration
        return configuration.origins["model.default"] == "--model" ? configuration.model.flatMap { ModelName($0) } : nil
    }

    /// Ends the session's life in this process. What agents were doing goes on when it is resumed.
    /// Whoever asks for it, and however many do, comes back when it is done: the process may end then.
    @discardableResult
    package func close(_ outcome: Outcome? = nil) async -> SessionFinished {
        let closing = self.closing ?? Task { await self.finish(outcome) }
        self.closing = closing
        return await closing.value
    }

    private func finish(_ outcome: Outcome?) async -> SessionFinished {
        var finished = await self.result()
        if let outcome { finished.outcome = outcome }
        // A question that is taken back now is asked again after a resume, so its asker must not hear of that first.
        await self.roster.seal()
        await self.services.questions.close()
        await self.desk.close()
        await self.roster.close()
        // Calls that were cut off have cost something too.
        (finished.usage, finished.costUSD) = await self.consumption()
        await self.services.estimates.write()
        let (session, end) = (self.services.session, finished)
        _ = try? await self.services.store.transaction { transaction in
            try transaction.db.run(
                sql: "UPDATE session SET outcome = ?, active_at = ? WHERE id = ?",
                arguments: [end.outcome.rawValue, transaction.now.iso8601, session.description])
            try transaction.publish(end, source: "kernel")
        }
        self.services.bus.close()
        self.services.store.close()
        self.lock = nil
        return end
    }

    // MARK: Results

    /// The session as it stands: the lead's last outcome and words, what it used and cost.
    package func result() async -> SessionFinished {
        let (usage, cost) = await self.consumption()
        let lead = try? await self.roster.agent(self.roster.lead)
        let unanswered = await self.services.questions.unanswered
        let outcome = unanswered > 0 ? Outcome.refused : await lead?.outcome ?? .cancelled
        let said = await lead?.messages.dropFirst(self.earlier).last { $0.author == .assistant && !$0.text.isEmpty }?.text ?? ""
        return SessionFinished(
            session: self.services.session.description, outcome: outcome, result: said, usage: usage, costUSD: cost)
    }

    private func consumption() async -> (Usage, costUSD: Double?) {
        let rows = ((try? await self.services.store.usage(session: self.services.session)) ?? [:]).values
        let isPriced = rows.allSatisfy { $0.unpriced == 0 }
        return (rows.reduce(Usage()) { $0 + $1.usage }, isPriced ? rows.reduce(0) { $0 + $1.cost } : nil)
    }

    /// Returns when every agent has come to rest: nobody works, nothing unread, no question open, and no service has anything left
    /// to react to. Paused agents are at rest, and so are those that a halt lets take nothing more.
    package func waitUntilQuiet() async -> SessionFinished {
        let changes = self.services.bus.subscribe(name: "quiet", delivery: .lossy, capacity: 1)
        defer { changes.cancel() }
        while !Task.isCancelled {
            let before = try? await self.services.store.lastSequence(session: self.session)
            await self.desk.caughtUp()
            if await self.isQuiet() {
                await self.roster.settle()
                if (try? await self.services.store.lastSequence(session: self.session)) == before { break }
            }
            guard await changes.next() != nil else { break }
        }
        return await self.result()
    }

    private func isQuiet() async -> Bool {
        guard await self.services.questions.waiting.isEmpty else { return false }
        return await self.roster.summaries().allSatisfy { agent in
            switch agent.state {
            case .idle: agent.queued == 0 || self.roster.isHalted
            case .paused, .failed, .stopped, .suspended: true
            case .thinking, .executing, .gated: false
            }
        }
    }
}
