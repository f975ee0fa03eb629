import GRDB
import LoomSystem

/// One supervised member of a team: carries out what its machine decides, and keeps every step before it takes it.
package actor Agent {
    package nonisolated let identity: AgentIdentity
    nonisolated let services: Services
    nonisolated let roster: Roster
    var machine: AgentMachine
    private var isKeeping = false
    private var settling: [CheckedContinuation<Void, Never>] = []
    private var events = 0
    let mailbox = Mailbox<Input>()
    /// The thought that counts, by its number.
    var thinking: Int?
    var thoughts = 0
    /// Also those that were cancelled, until they end.
    var thoughtTasks: [Int: Task<Void, Never>] = [:]
    private var running: [String: Running] = [:]
    var choice: Choice
    /// Tokens that fit where the window as it is known did not; nil while nothing was refused.
    var windowCeiling: Int?
    /// Seals of thoughts that the vendor no longer takes; they are not sent again.
    var refusedSeals: Set<String> = []
    /// What the call under way was asked again for, in another way.
    var mended: Set<ModelFailure.Kind> = []
    /// When the vendor last saw this agent's prompt; nil when it never did.
    var askedAt: Timestamp?
    /// What people were told about a role or prompt that is gone; it is told once.
    var complaint: String?
    /// The prompt that the provider is looking at, and the last one that it counted.
    var asked: AskedPrompt?
    var counted: CountedPrompt?
    var profiles = MessageProfiles()
    package var context: ContextUse
    private(set) var cause: ID?
    private var failure: String?
    private let isNew: Bool
    /// How many messages its rows had.
    private(set) var earlier = 0
    /// It stands where its rows left it.
    private let isBack = OneShot<Bool>()

    /// What people have chosen for the next call to the model.
    struct Choice: Sendable {
        var model: ModelName
        /// Another model has come, with a cache of its own: what left the old window may be sent again.
        var isNewWindow = false
        /// The list of tools is to be brought up to date, whatever that costs in the vendor's cache.
        var wantsNewList = false
    }

    /// A call under way, as people see it.
    struct Running: Sendable {
        var task: Task<Void, Never>?
        var summary: String
        var tool: String
        var generation = 0
        var began: Duration
        var arguments: JSON
        /// How many of its questions wait for a person, and since when there is one.
        private var questions = 0
        private var gated: Duration = .zero

        init(summary: String = "", of call: ToolCall, began: Duration) {
            self.summary = summary
            self.tool = call.name
            self.arguments = call.arguments
            self.began = began
        }

        mutating func enterGate(at now: Duration) {
            if self.questions == 0 { self.gated = now }
            self.questions += 1
        }

        /// The time that a person took is not the call's.
        mutating func leaveGate(at now: Duration) {
            guard self.questions > 0 else { return }
            self.questions -= 1
            if self.questions == 0 { self.began += now - self.gated }
        }
    }

    enum Input: Sendable {
        /// Something is in the inbox.
        case poke(urgent: Bool)
        case thought(token: Int, Result<ModelReply, ModelFailure>)
        case event(AgentEvent)
        /// A call wants to begin; it runs when this is kept.
        case begin(call: String, tool: String, summary: String, generation: Int, arguments: JSON, CheckedContinuation<Bool, Never>)
        /// Answered with whether it was taken.
        case control(AgentEvent, CheckedContinuation<Bool, Never>)
    }

    /// - Parameter isNew: it was spawned just now, so there are no rows to rebuild it from.
    init(identity: AgentIdentity, model: ModelName, limit: Int, isNew: Bool = false, services: Services, roster: Roster) {
        self.identity = identity
        self.isNew = isNew
        self.choice = Choice(model: model)
        self.services = services
        self.roster = roster
        self.machine = AgentMachine(limit: limit)
        if isNew { self.isBack.fulfil(true) }
        self.context = ContextUse(
            budget: ContextBudget(services.configuration, model: model, role: services.catalog.role(identity.role), services.models))
    }

    // MARK: What others may ask and tell

    package var status: AgentStatus { self.failure == nil ? self.machine.status : .failed }
    package var outcome: Outcome? { self.machine.outcome }
    package var messages: [Message] { self.machine.messages }

    package var activity: String? {
        if let failure { return failure }
        return self.running.values.map { $0.summary.isEmpty ? $0.tool : "\($0.tool) \($0.summary)" }.sorted().first
    }

    nonisolated func poke(urgent: Bool) { self.mailbox.send(.poke(urgent: urgent)) }

    /// Pause, resume, cancel: returns when it is kept and under way; false when this value of the agent takes nothing any more.
    nonisolated func control(_ event: AgentEvent) async -> Bool {
        await withCheckedContinuation { continuation in
            if !self.mailbox.send(.control(event, continuation)) { continuation.resume(returning: false) }
        }
    }

    func setModel(_ model: ModelName) async {
        self.choice.model = model
        self.choice.isNewWindow = true
        self.windowCeiling = nil
        await self.measure()
    }

    func fail(_ reason: String) { self.failure = reason }

    // MARK: Life

    /// Handles what comes until cancelled. Rebuilds itself from its rows first; throwing means that the supervisor starts it again.
    func run() async throws {
        do {
            try await self.live()
        } catch {
            await self.abandon()
            throw error
        }
        await self.abandon()
    }

    private func live() async throws {
        // Whatever was sent to a new agent has poked it; one that comes back may have been poked in an earlier life.
        if !self.isNew {
            try await self.rebuild()
            await self.measure()
            self.isBack.fulfil(true)
            if self.machine.status.isBusy { try await self.apply(.restarted) }
            let isUrgent = try await self.services.store.unread(agent: self.identity).contains { $0.priority == .urgent }
            try await self.drain(urgent: isUrgent)
        }
        while let input = await self.mailbox.next() { try await self.take(input) }
    }

    /// Ends what was under way. Its results go nowhere: a restart finds out from the rows what came of it. The tasks are waited
    /// for, since the process may exit next: a command's processes must be gone by then, and what a reply cost must be kept.
    private func abandon() async {
        let tasks = self.running.values.compactMap(\.task) + self.thoughtTasks.values
        self.thinking = nil
        (self.running, self.thoughtTasks) = ([:], [:])
        self.dismiss()
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// Keeps nothing any more of what comes from here on: the session closes, and what its end takes back is no answer of anybody.
    nonisolated func seal() { self.mailbox.seal() }

    /// Nobody will read what waits in the mailbox.
    nonisolated func dismiss() {
        self.isBack.fulfil(false)
        for input in self.mailbox.close() {
            switch input {
            case .begin(_, _, _, _, _, let continuation): continuation.resume(returning: false)
            case .control(_, let continuation): continuation.resume(returning: false)
            case .poke, .thought, .event: break
            }
        }
    }

    private func rebuild() async throws {
        let rows = try await self.services.store.events(of: self.identity.id)
        for (event, time) in rows {
            _ = self.machine.handle(event)
            if case .replied = event { self.askedAt = time }
        }
        self.events = rows.count
        self.earlier = self.machine.messages.count
    }

    private func take(_ input: Input) async throws {
        switch input {
        case .poke(let urgent): try await self.drain(urgent: urgent)
        case .thought(let token, let result):
            self.thoughtTasks[token] = nil
            guard self.thinking == token else { return }
            self.thinking = nil
            try await self.hear(result)
        case .event(let event):
            // A result that comes after its turn was cancelled has nobody to go to.
            if case .finished(let call, _) = event, self.running[call] == nil { return }
            let now = self.services.ports.clock.uptime
            if case .gated(let call, _) = event { self.running[call]?.enterGate(at: now) }
            if case .ungated(let call) = event { self.running[call]?.leaveGate(at: now) }
            try await self.apply(event)
        case .begin(let call, let tool, let summary, let generation, let arguments, let continuation):
            guard var entry = self.running[call] else { return continuation.resume(returning: false) }
            entry.tool = tool
            entry.summary = summary
            entry.generation = generation
            entry.arguments = arguments
            self.running[call] = entry
            do {
                if !self.machine.hasBegun(call) { try await self.apply(.started(call: call)) }
            } catch {
                continuation.resume(returning: false)
                throw error
            }
            continuation.resume(returning: true)
        case .control(let event, let continuation):
            let effects: [AgentEffect]
            do {
                effects = try await self.advance(event)
            } catch {
                // It is rebuilt from its rows, and they do not have this.
                continuation.resume(returning: false)
                throw error
            }
            defer { continuation.resume(returning: true) }
            for effect in effects { try await self.perform(effect) }
            try await self.drainIfIdle()
        }
    }

    // MARK: Inbox

    private func drainIfIdle() async throws {
        if case .idle = self.machine.state { try await self.drain(urgent: false) }
    }

    private func drain(urgent: Bool) async throws {
        switch self.machine.state {
        case .idle:
            if !self.roster.isHalted { try await self.receive() }
        case .thinking where urgent:
            // What the model was saying is void; it is asked again with the message in its context.
            self.stopThinking()
            try await self.perform(.think)
        case .executing where urgent && !self.machine.isCancelling:
            // A turn that is being cancelled takes nothing more: nobody would answer.
            try await self.receive()
        case .thinking, .executing, .paused:
            break
        }
    }

    /// The task goes on until it has settled what it cost.
    private func stopThinking() {
        if let thinking { self.thoughtTasks[thinking]?.cancel() }
        self.thinking = nil
    }

    private func receive() async throws {
        let items = try await self.services.store.unread(agent: self.identity)
        if !items.isEmpty { try await self.apply(.received(items)) }
    }

    // MARK: Events and effects

    /// One step: the row first, with the signals that tell of it, then what follows.
    func apply(_ event: AgentEvent) async throws {
        for effect in try await self.advance(event) { try await self.perform(effect) }
    }

    /// Returns when the row is kept: what follows is the caller's to do.
    private func advance(_ event: AgentEvent) async throws -> [AgentEffect] {
        let before = self.machine.status
        let effects = self.machine.handle(event)
        self.events += 1
        if case .received(let items) = event { self.cause = items.last?.cause ?? items.last?.id }
        do {
            defer { self.settled() }
            self.isKeeping = true
            try await self.keep(event, number: self.events, changed: before != self.machine.status, effects)
        }
        if case .finished(let call, _) = event { self.running[call] = nil }
        return effects
    }

    /// Returns when it is rebuilt from its rows, where it has any: before that it looks as if it had done nothing yet.
    func comeBack() async { _ = await self.isBack.value() }

    /// Returns when the step under way is kept: its state is shown before that.
    func settle() async {
        guard self.isKeeping else { return }
        await withCheckedContinuation { self.settling.append($0) }
    }

    private func settled() {
        self.isKeeping = false
        self.settling.forEach { $0.resume() }
        self.settling = []
    }

    private func keep(_ event: AgentEvent, number: Int, changed: Bool, _ effects: [AgentEffect]) async throws {
        let record = AgentRecord(
            identity: self.identity, event: event, number: number, status: changed ? self.machine.status : nil,
            activity: self.activity, effects: effects, cause: self.cause, running: self.running, now: self.services.ports.clock.uptime,
            identifiers: self.services.identifiers)
        for other in try await self.services.store.transaction({ try record.write($0) }) { await self.roster.wake(other) }
    }

    private func perform(_ effect: AgentEffect) async throws {
        switch effect {
        case .think:
            try await self.receive()
            guard case .thinking = self.machine.state else { return }
            try await self.think()
        case .cancelModel:
            self.stopThinking()
        case .run(let calls):
            for call in calls { self.launch(call) }
        case .cancelCalls(let calls):
            for call in calls { self.running[call]?.task?.cancel() }
        case .recover(let call):
            await self.recover(call)
        case .escalate: await self.escalate()
        case .conclude: try await self.drainIfIdle()
        }
    }

    // MARK: Calls

    private func launch(_ call: ToolCall) {
        let execution = ToolExecution(agent: self, call: call, cause: self.cause)
        self.running[call.id] = Running(of: call, began: self.services.ports.clock.uptime)
        self.running[call.id]?.task = Task { [mailbox = self.mailbox] in
            let result = await execution.run()
            mailbox.send(.event(.finished(call: call.id, result)))
        }
    }

    private func recover(_ call: ToolCall) async {
        let execution = ToolExecution(agent: self, call: call, cause: self.cause)
        switch await execution.recovery() {
        case .runAgain where self.machine.isCancelling:
            self.end(call, ToolResult("Not run again: the turn was cancelled.", status: .cancelled))
        case .runAgain:
            self.launch(call)
        case .finished(let result):
            self.end(call, result)
        }
    }

    private func end(_ call: ToolCall, _ result: ToolResult) {
        self.running[call.id] = Running(summary: "after a restart", of: call, began: self.services.ports.clock.uptime)
        self.mailbox.send(.event(.finished(call: call.id, result)))
    }

    /// Returns true when the beginning of the call is kept: only then may it do anything.
    nonisolated func begin(_ call: String, tool: String, summary: String, generation: Int, arguments: JSON) async -> Bool {
        await withCheckedContinuation { continuation in
            let input = Input.begin(
                call: call, tool: tool, summary: summary, generation: generation, arguments: arguments, continuation)
            if !self.mailbox.send(input) { continuation.resume(returning: false) }
        }
    }

    nonisolated func tell(_ event: AgentEvent) { self.mailbox.send(.event(event)) }
}
