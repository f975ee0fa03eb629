import LoomKernel
import LoomSystem

/// What still goes on while nothing is printed: calls that run long, and models that take their time.
struct SignsOfLife: Sendable {
    /// Tool calls whose line is due when they last, by agent and call.
    var calls: [String: Task<Void, Never>] = [:]
    /// Since when each agent waits for its model.
    var thinking: [String: Duration] = [:]
    /// When something was last printed.
    var printed = Duration.zero
    /// How long nothing has to be printed before a line says whose model is waited for.
    var patience = SignsOfLife.firstPatience
    var quiet: Task<Void, Never>?

    static let firstPatience = Duration.seconds(5)

    func cancel() {
        for call in self.calls.values { call.cancel() }
        self.quiet?.cancel()
    }
}

extension REPL {
    private static let firstCallLine = Duration.seconds(3)

    private var clock: any WallClock { self.workspace.services.ports.clock }

    // MARK: Tool calls

    /// Says that a call still runs when it takes long.
    func watch(_ started: ToolStarted) {
        guard self.traits.isInteractive else { return }
        let (agent, call) = (started.agent, started.call)
        self.life.calls[LineRenderer.key(agent, call)] = Task { [weak self, clock] in
            repeat {
                guard (try? await clock.sleep(for: Self.firstCallLine)) != nil else { return }
            } while await self?.announce(agent, call) == false
        }
    }

    func unwatch(_ finished: ToolFinished) {
        self.life.calls.removeValue(forKey: LineRenderer.key(finished.agent, finished.call))?.cancel()
    }

    /// False while it waits for the person, who sees the question: its line comes when it runs again.
    private func announce(_ agent: String, _ call: String) async -> Bool {
        if self.desk.open.contains(where: { $0.question.agent == agent && $0.question.call == call }) { return false }
        self.life.calls[LineRenderer.key(agent, call)] = nil
        await self.print(self.renderer.stillRunning(agent, call))
        return true
    }

    // MARK: Models

    /// Where an agent stands: while models are waited for and nothing else is printed, a line says so now and then.
    /// - Parameter state: nil when it has left.
    func watch(agent: String, _ state: AgentStatus?) {
        guard self.traits.isInteractive else { return }
        self.life.thinking[agent] = state == .thinking ? self.life.thinking[agent] ?? self.clock.uptime : nil
        if self.life.thinking.isEmpty {
            self.life.quiet?.cancel()
            self.life.quiet = nil
        } else if self.life.quiet == nil {
            self.beginQuiet()
        }
    }

    private func beginQuiet() {
        self.life.patience = SignsOfLife.firstPatience
        self.life.quiet?.cancel()
        self.life.quiet = Task { [weak self] in await self?.breakTheQuiet() }
    }

    func notePrinted() {
        self.life.printed = self.clock.uptime
        // It sleeps for longer now than is right after a line.
        if self.life.quiet != nil, self.life.patience > SignsOfLife.firstPatience { self.beginQuiet() }
    }

    /// After five seconds without a line, then after ten, twenty and so on; any other line begins that anew.
    private func breakTheQuiet() async {
        while !Task.isCancelled {
            let since = max(self.life.printed, self.life.thinking.values.min() ?? .zero)
            let left = since + self.life.patience - self.clock.uptime
            guard left <= .zero else {
                guard (try? await self.clock.sleep(for: left)) != nil else { return }
                continue
            }
            let (now, next) = (self.clock.uptime, self.life.patience * 2)
            // Whoever is asked something sees the question.
            let asking = Set(self.desk.open.map(\.question.agent))
            let waiting = self.life.thinking.filter { !asking.contains($0.key) }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            self.life.printed = now
            self.life.patience = SignsOfLife.firstPatience
            await self.print(waiting.flatMap { self.renderer.stillThinking($0.key, for: now - $0.value) })
            if !Task.isCancelled { self.life.patience = next }
        }
    }
}
