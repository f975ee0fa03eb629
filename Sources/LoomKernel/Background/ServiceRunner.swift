import LoomSystem

/// Keeps one background service going over all its generations: hands it signals in their order, each once, and ticks.
///
/// One thing at a time. So a reload waits for the handler under way, and what comes meanwhile is handled by the next generation.
actor ServiceRunner {
    nonisolated let name: String
    private let roster: Roster
    private let identity: AgentIdentity
    private let mailbox = Mailbox<Input>()
    private var current: (any BackgroundService)?
    private var subscription: DurableSubscription?
    private var reading: Task<Void, Never>?
    private var ticking: [Double: Task<Void, Never>] = [:]
    /// Signals up to this number were handled in this process. A reader that was replaced may offer one again.
    private var handled: Int64 = 0
    private var isHandling = false
    /// Whether its reader found nothing more in the log.
    private var isDrained = false
    /// Its run has ended: nobody deals with anything any more.
    private var isOver = false
    private var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    private var lastWaiter: UInt64 = 0

    private enum Input: Sendable {
        case signal(Signal, done: CheckedContinuation<Void, Never>)
        /// The log holds nothing more for it.
        case drained
        /// The log cannot be read.
        case deaf(any Error)
        case tick(Double, done: CheckedContinuation<Void, Never>)
        /// Another generation may be the current one.
        case changed
        /// It is gone for good.
        case end
    }

    init(name: String, roster: Roster) {
        self.name = name
        self.roster = roster
        self.identity = AgentIdentity(plugin: name, kind: .service)
    }

    private nonisolated var services: Services { self.roster.services }
    private nonisolated var cursor: String { Self.cursor(self.name, session: self.services.session) }

    /// Where a service stands in the signals of a session: two sessions may be open side by side, and each hears its own.
    static func cursor(_ name: String, session: ID) -> String { "\(AgentIdentity(plugin: name, kind: .service).source)@\(session)" }

    nonisolated func reconsider() { self.mailbox.send(.changed) }

    /// What is under way is finished first.
    nonisolated func finish() { self.mailbox.send(.end) }

    /// Returns when everything that was for it has been dealt with, or the task is cancelled.
    func caughtUp() async {
        guard !self.isCaughtUp else { return }
        self.lastWaiter += 1
        let waiter = self.lastWaiter
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { self.waiters[waiter] = continuation }
            }
        } onCancel: {
            Task { await self.release(waiter) }
        }
    }

    private var isCaughtUp: Bool {
        guard !self.isOver else { return true }
        return self.isDrained && !self.isHandling && self.mailbox.isEmpty && (self.subscription?.lastOffered ?? 0) <= self.handled
    }

    private func release(_ waiter: UInt64) { self.waiters.removeValue(forKey: waiter)?.resume() }

    private func releaseIfCaughtUp() {
        if self.isCaughtUp { self.releaseAll() }
    }

    private func releaseAll() {
        for waiter in self.waiters.keys { self.release(waiter) }
    }

    /// Until it is finished or cancelled. Throws what its supervisor should hear of.
    func run() async throws {
        defer {
            self.isOver = true
            self.releaseAll()
        }
        do {
            try await self.adopt()
            self.releaseIfCaughtUp()
            while let input = await self.mailbox.next() {
                self.isHandling = true
                defer {
                    self.isHandling = false
                    self.releaseIfCaughtUp()
                }
                switch input {
                case .signal(let signal, let done):
                    defer { done.resume() }
                    self.isDrained = false
                    try await self.handle(signal)
                case .drained:
                    self.isDrained = true
                case .deaf(let error):
                    throw error
                case .tick(let interval, let done):
                    defer { done.resume() }
                    await self.attempt("tick-\(self.services.identifiers.next())") { [current] host throws(ToolError) in
                        try await current?.tick(interval, host)
                    }
                case .changed:
                    try await self.adopt()
                case .end:
                    return await self.close()
                }
            }
        } catch {
            await self.close()
            throw error
        }
        await self.close()
    }

    // MARK: Generations

    /// Takes the current generation in place of the one before. Intervals that both have keep their phase.
    private func adopt() async throws {
        let next = self.services.catalog.backgroundServices.first { $0.name == self.name }
        guard next?.generation != self.current?.generation || self.current == nil else { return }
        await self.stopCurrent()
        self.current = next
        guard let next else { return }
        await self.attempt("start-\(self.services.identifiers.next())") { host throws(ToolError) in try await next.start(host) }
        self.read(next.patterns)
        for (interval, task) in self.ticking where !next.intervals.contains(interval) {
            task.cancel()
            self.ticking[interval] = nil
        }
        for interval in next.intervals where self.ticking[interval] == nil { self.ticking[interval] = self.tick(every: interval) }
    }

    private func stopCurrent() async {
        guard let current else { return }
        self.current = nil
        await self.attempt("stop-\(self.services.identifiers.next())") { host throws(ToolError) in try await current.stop(host) }
    }

    private func close() async {
        self.subscription?.cancel()
        self.subscription = nil
        self.reading?.cancel()
        for task in self.ticking.values { task.cancel() }
        self.ticking = [:]
        // Its supervisor may have cancelled this task; saying goodbye is not part of what was cancelled.
        await Task { await self.stopCurrent() }.value
        for input in self.mailbox.close() {
            switch input {
            case .signal(_, let done), .tick(_, let done): done.resume()
            case .drained, .deaf, .changed, .end: break
            }
        }
    }

    // MARK: Signals and ticks

    private func read(_ patterns: [String]) {
        self.stopReading()
        guard !patterns.isEmpty else { return }
        self.isDrained = false
        let subscription = DurableSubscription(
            name: self.cursor, patterns: patterns, store: self.services.store, bus: self.services.bus, session: self.services.session)
        self.subscription = subscription
        self.reading = Task { [mailbox] in
            do {
                while let batch = try await subscription.next(idle: { mailbox.send(.drained) }) {
                    for signal in batch {
                        guard !Task.isCancelled else { return }
                        await withCheckedContinuation { done in
                            if !mailbox.send(.signal(signal, done: done)) { done.resume() }
                        }
                    }
                }
            } catch {
                if !Task.isCancelled { mailbox.send(.deaf(error)) }
            }
        }
    }

    /// What was not acknowledged comes again to whoever reads next.
    private func stopReading() {
        self.subscription?.cancel()
        self.reading?.cancel()
        self.subscription = nil
        self.isDrained = true
    }

    private func handle(_ signal: Signal) async throws {
        guard signal.sequence > self.handled, let current else { return }
        // Its own words are no news to it, and would come back for ever.
        if signal.source != self.identity.source {
            let call = "signal-\(signal.sequence)"
            if try await self.services.store.effects(agent: self.identity.id, call: call).isEmpty {
                // To keep that it failed at a failure would let two of them call each other for ever.
                let isTaken = await self.attempt(call, isTold: signal.type != PluginFailed.type) { host throws(ToolError) in
                    try await current.handle(signal, host)
                }
                // The log keeps it, and what comes after it, for the generation that ends the quarantine.
                guard isTaken else { return self.stopReading() }
            } else {
                // Before a crash it had begun and done something. Once more would do that twice.
                let text = "\(self.name) had begun to handle signal \(signal.sequence) before a crash, and does not do it again."
                try await self.services.store.publish(Notice(level: "info", text: text), source: self.identity.source)
            }
        }
        self.handled = signal.sequence
        try await self.services.store.acknowledge(self.cursor, signal.sequence)
    }

    private func tick(every interval: Double) -> Task<Void, Never> {
        Task { [mailbox, clock = self.services.ports.clock] in
            var due = clock.uptime + .seconds(interval)
            while (try? await clock.sleep(for: due - clock.uptime)) != nil {
                // The next one is not due before this one was handled: a slow handler is not followed by a heap of ticks.
                await withCheckedContinuation { done in
                    if !mailbox.send(.tick(interval, done: done)) { done.resume() }
                }
                due = max(due + .seconds(interval), clock.uptime)
            }
        }
    }

    /// A fault is the service's own and is told; the service goes on. False when it was not called, since it is quarantined.
    @discardableResult
    private func attempt(_ call: String, isTold: Bool = true, _ work: @Sendable (ToolHost) async throws(ToolError) -> Void) async -> Bool {
        do throws(ToolError) {
            try await work(ToolHost(plugin: self.identity, call: call, roster: self.roster))
        } catch {
            // That it is quarantined was told once.
            if error.code == ToolError.quarantined { return false }
            let failure = PluginFailed(plugin: self.name, kind: "service", error)
            if isTold {
                await self.services.tell(failure, source: self.identity.source)
            } else {
                let log = PluginLogged(plugin: self.name, level: "error", text: failure.text)
                self.services.bus.publish(log, source: self.identity.source)
            }
        }
        return true
    }
}
