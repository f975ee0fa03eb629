import GRDB
import LoomSystem

/// One step of an agent as rows and signals: all of it is kept, or nothing.
struct AgentRecord: Sendable {
    let identity: AgentIdentity
    let event: AgentEvent
    let number: Int
    /// Set when it changed.
    let status: AgentStatus?
    let activity: String?
    let effects: [AgentEffect]
    let cause: ID?
    let running: [String: Agent.Running]
    let now: Duration
    let identifiers: IDGenerator

    /// Gives back which other agents have something to read by it.
    func write(_ transaction: Transaction) throws -> [String] {
        try transaction.db.run(
            sql: "INSERT INTO agent_event (agent, number, event, time) VALUES (?, ?, ?, ?)",
            arguments: [self.identity.id.description, self.number, JSON(encoding: self.event).text(), transaction.now.iso8601])
        if case .received(let items) = self.event { try self.markRead(items, transaction) }
        try self.publishEvent(transaction)
        if let status {
            try self.publish(AgentStateChanged(agent: self.identity.name, state: status, reason: self.activity), transaction)
        }
        var told: [String] = []
        for case .conclude(let outcome, let text) in self.effects {
            try self.publish(AgentFinished(agent: self.identity.name, outcome: outcome, text: text), transaction)
            told += try transaction.tellOfEnd(of: self.identity, outcome, text, self.identifiers)
        }
        return told
    }

    private func markRead(_ items: [InboxItem], _ transaction: Transaction) throws {
        for item in items {
            try transaction.db.run(
                sql: "UPDATE inbox_item SET read_at = ? WHERE id = ?", arguments: [transaction.now.iso8601, item.id.description])
        }
        try self.publish(
            InboxRead(agent: self.identity.name, items: items.map(\.id.description), from: items.map(\.from)), transaction)
    }

    private func publishEvent(_ transaction: Transaction) throws {
        switch self.event {
        case .replied(let reply, _):
            let text = reply.message.text
            if !text.isEmpty { try self.publish(AgentSaid(agent: self.identity.name, text: text), transaction) }
        case .started(let call):
            guard let entry = self.running[call] else { return }
            try self.publish(
                ToolStarted(
                    agent: self.identity.name, call: call, tool: entry.tool, summary: entry.summary, generation: entry.generation,
                    arguments: entry.arguments), transaction, subject: call)
        case .finished(let call, let result):
            guard let entry = self.running[call] else { return }
            try self.publish(
                ToolFinished(
                    agent: self.identity.name, call: call, tool: entry.tool, summary: entry.summary, status: result.status,
                    text: result.text, milliseconds: Int((self.now - entry.began).wholeMilliseconds), generation: entry.generation),
                transaction, subject: call)
        case .received, .modelFailed, .gated, .ungated, .prefixed, .told, .departed, .paused, .resumed, .cancelled, .restarted:
            break
        }
    }

    private func publish(_ payload: some SignalPayload, _ transaction: Transaction, subject: String? = nil) throws {
        try transaction.publish(payload, source: self.identity.source, subject: subject, team: self.identity.team, cause: self.cause)
    }
}
