package import LoomSystem

extension ToolHost {
    /// The most that a plugin's signal may carry, in bytes of JSON.
    private static let signalLimit = 64 << 10

    /// Keeps a signal of the plugin's own type `NAME.word`, and tells everybody.
    package func publish(_ word: String, _ data: JSON) async throws(ToolError) -> Signal {
        let isPlain =
            !word.isEmpty && word.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        guard isPlain else {
            throw ToolError(
                "«\(word)» is no word for a signal: use small letters and _. Its type is then \(self.tool).WORD.", code: "invalid")
        }
        // Whoever reads a signal of ours must be able to believe it.
        guard !SignalTypes.names.contains(where: { $0.hasPrefix("\(self.tool).") }) else {
            throw ToolError("Signals that begin with «\(self.tool).» are loomkin's own. Give the plugin another name.", code: "invalid")
        }
        let text = self.services.secrets.redact(data.text())
        guard text.utf8.count <= Self.signalLimit, let data = try? JSON.parse(text) else {
            throw ToolError("A signal may carry \(Self.signalLimit) bytes. Put the rest into a file or loom.store.", code: "too_large")
        }
        let (agent, call, type) = (self.agent, self.call, "\(self.tool).\(word)")
        return try await self.store { transaction in
            try transaction.record(.stored("the signal \(type) was published"), agent: agent.id, call: call)
            return try transaction.publish(type: type, data, source: agent.source, subject: call, team: agent.team)
        }
    }

    /// How many signals wait for a plugin before the oldest is dropped.
    private static let waitingSignals = 256

    /// What happens from now on. A plugin that reads slowly misses the oldest, and holds nobody up.
    package func subscribe(_ pattern: String) -> Subscription {
        self.services.bus.subscribe(pattern, name: "\(self.agent.source)/\(self.tool)", capacity: Self.waitingSignals)
    }
}
