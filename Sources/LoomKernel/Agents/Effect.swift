import GRDB
import LoomSystem

/// Something a call does to the world. It is a row before it happens, so that after a crash nobody has to guess.
package enum Effect: Sendable, Hashable, Codable {
    /// The file's hash before (nil: there was none) and after; the file itself says which it is.
    case write(path: String, before: String?, after: String, summary: String)
    /// A command of ours. Its processes carry the call's mark, so what a crash leaves of them can be found and ended.
    case process(command: String)
    /// Sent to another machine, which may have done something about it.
    case request(String)
    /// Stored in the same transaction as its row, so it did happen.
    case stored(String)
}

extension Transaction {
    /// Keeps an effect of a call; numbers count up from 1.
    func record(_ effect: Effect, agent: ID, call: String) throws {
        try self.db.run(
            sql: """
                INSERT INTO effect (agent, call, number, effect)
                VALUES (?1, ?2, 1 + (SELECT count(*) FROM effect WHERE agent = ?1 AND call = ?2), ?3)
                """, arguments: [agent.description, call, JSON(encoding: effect).text()])
    }
}

extension Store {
    /// What a call had done or was about to do, in order.
    func effects(agent: ID, call: String) async throws(StoreError) -> [Effect] {
        try await self.read { db in
            try String.fetchAll(
                db.cachedStatement(sql: "SELECT effect FROM effect WHERE agent = ? AND call = ? ORDER BY number"),
                arguments: [agent.description, call]
            ).map { try JSON.parse($0).decode(as: Effect.self) }
        }
    }
}
