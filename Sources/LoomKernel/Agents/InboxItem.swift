package import LoomSystem

/// One typed message addressed to an agent, acknowledged when it enters that agent's context.
package struct InboxItem: Sendable, Hashable, Codable, Identifiable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case user, peer, task, notice
        /// How a task that was given out ended.
        case report
    }
    package enum Priority: String, Sendable, Hashable, Codable { case normal, urgent }
    /// How far it got: `queued` is stored, `read` is in the agent's context.
    package enum Receipt: String, Sendable, Hashable, Codable { case queued, read }

    package let id: ID
    package let from: String
    package let to: String
    package let kind: Kind
    package let priority: Priority
    package let text: String
    package let time: Timestamp
    package let cause: ID?

    package init(id: ID, from: String, to: String, kind: Kind, priority: Priority, text: String, time: Timestamp, cause: ID?) {
        self.id = id
        self.from = from
        self.to = to
        self.kind = kind
        self.priority = priority
        self.text = text
        self.time = time
        self.cause = cause
    }
}
