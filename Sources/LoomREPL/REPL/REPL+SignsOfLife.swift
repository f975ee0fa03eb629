import LoomKernel
import LoomSystem

/// What still goes on while nothing is printed: calls that run long, and models that take their time.
struct SignsOfLife: Sendable {
    /// Tool calls whose line is due when they last.
    var calls: [String: Task<Void, Never>] = [:]
    /// Since when each agent waits for its model.
    var thinking: [String: Duration] = [:]
    /// When something was last printed.
    var printed = Duration.zero
    var quiet: Task<Void, Never>?

    func cancel() {
        for call in self.calls.values { call.cancel() }
        self.quiet?.cancel()
    }
}

extension REPL {
    private static let firstCallLine = Duration.seconds(3)
    private static let firstQuietLine = Duration.seconds(5)

    private var clock: any WallClock { self.workspace.services.ports.clock }

    func notePrinted() { self.life.printed = self.clock.uptime }

    // MARK: Tool calls

    /// Says that a call still runs when it takes long.
    func watch(call: String) {
        guard self.traits.isInteractive else { return }
        self.life.calls[call] = Task { [weak self, clock] in
            guard (try? await clock.sleep(for: Self.firstCallLine)) != nil else { return }
            await self?.announce(call)
        }
    }

    func unwatch(call: String) { self.life.calls.removeValue(forKey: call)?.cancel() }

    private func announce(_ call: String) async {
        self.life.calls[call] = nil
        // It waits for the person, who sees the question.
        if self.desk.open.contains(where: { $0.question.call == call }) { return }
        await self.print(self.renderer.stillRunning(call))
    }

    // MARK: Models

    /// Where an agent stands: while models are waited for and nothing else is printed, a line says so now and then.
    func watch(agent: String, _ state: AgentStatus) {
        guard self.traits.isInteractive else { return }
        self.life.thinking[agent] = state == .thinking ? self.life.thinking[agent] ?? self.clock.uptime : nil
        if self.life.thinking.isEmpty {
            self.life.quiet?.cancel()
            self.life.quiet = nil
        } else if self.life.quiet == nil {
            self.life.quiet = Task { [weak self] in await self?.breakTheQuiet() }
        }
    }

    /// After five seconds without a line, then after ten, twenty and so on; any other line begins that anew.
    private func breakTheQuiet() async {
        var (seen, patience) = (max(self.life.printed, self.life.thinking.values.min() ?? .zero), Self.firstQuietLine)
        while true {
            guard (try? await self.clock.sleep(for: seen + patience - self.clock.uptime)) != nil else { return }
            if self.life.printed > seen {
                (seen, patience) = (self.life.printed, Self.firstQuietLine)
                continue
            }
            let now = self.clock.uptime
            let waiting = self.life.thinking.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            await self.print(waiting.flatMap { self.renderer.stillThinking($0.key, for: now - $0.value) })
            (seen, patience) = (max(now, self.life.printed), patience * 2)
        }
    }
}
