import GRDB
import LoomSystem

extension Store {
    /// Everything an agent's machine handled, in order.
    func events(of agent: ID) async throws(StoreError) -> [(AgentEvent, Timestamp)] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT event, time FROM agent_event WHERE agent = ? ORDER BY number"),
                arguments: [agent.description]
            ).map { row in
                (
                    try JSON.parse(row["event"] as String).decode(as: AgentEvent.self),
                    Timestamp(iso8601: row["time"]) ?? Timestamp(nanoseconds: 0)
                )
            }
        }
    }
}
