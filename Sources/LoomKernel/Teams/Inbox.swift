import GRDB
import LoomSystem

extension Store {
    /// What waits for an agent, oldest first, urgent ones before the rest.
    func unread(agent: AgentIdentity) async throws(StoreError) -> [InboxItem] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT * FROM inbox_item WHERE agent = ? AND read_at IS NULL ORDER BY priority = 'urgent' DESC, id LIMIT 50"),
                arguments: [agent.id.description]
            ).compactMap { InboxItem($0, to: agent.name) }
        }
    }

    func unreadCounts(session: ID) async throws(StoreError) -> [String: Int] {
        try await self.read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT agent.name AS name, count(*) AS count FROM inbox_item JOIN agent ON agent.id = inbox_item.agent
                        WHERE inbox_item.read_at IS NULL AND agent.session = ? AND agent.left_at IS NULL GROUP BY agent.id
                        """), arguments: [session.description])
            return Dictionary(rows.map { ($0["name"], $0["count"]) }, uniquingKeysWith: +)
        }
    }
}

extension Transaction {
    /// Queues a message. The sender's receipt says `queued`; `read` comes when it enters the context.
    func queue(_ item: InboxItem, agent: AgentIdentity, source: String, call: String? = nil) throws {
        let waiting =
            try Int.fetchOne(
                self.db.cachedStatement(sql: "SELECT count(*) FROM inbox_item WHERE agent = ? AND read_at IS NULL"),
                arguments: [agent.id.description])
            ?? 0
        // An agent that reads nothing must not grow the database without end.
        guard waiting < 500 else { throw InboxFull(agent: agent.name) }
        try self.db.run(
            sql: "INSERT INTO inbox_item (id, agent, sender, kind, priority, text, queued_at, cause) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                item.id.description, agent.id.description, item.from, item.kind.rawValue, item.priority.rawValue, item.text,
                item.time.iso8601, item.cause?.description,
            ])
        try self.publish(
            InboxQueued(
                item: item.id.description, from: item.from, to: agent.name, kind: item.kind, priority: item.priority,
                text: item.text, call: call),
            source: source, subject: item.id.description, team: agent.team, cause: item.cause)
    }
}

struct InboxFull: Error, CustomStringConvertible {
    let agent: String
    var description: String { "The inbox of \(self.agent) is full (500 unread messages). Wait until it has read some." }
}

extension InboxItem {
    fileprivate init?(_ row: Row, to agent: String) {
        guard let id = ID(row["id"] as String), let kind = Kind(rawValue: row["kind"]), let priority = Priority(rawValue: row["priority"]),
            let time = Timestamp(iso8601: row["queued_at"])
        else { return nil }
        self.init(
            id: id, from: row["sender"], to: agent, kind: kind, priority: priority, text: row["text"], time: time,
            cause: (row["cause"] as String?).flatMap { ID($0) })
    }
}
