import GRDB
import LoomSystem

extension Store {
    /// Tokens and dollars by agent.
    func usage(session: ID) async throws(StoreError) -> [String: (usage: Usage, cost: Double, unpriced: Int)] {
        try await self.read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT agent, sum(input) AS input, sum(output) AS output, sum(cache_read) AS cache_read, sum(cache_write) AS cache_write,
                        total(cost_usd) AS cost, sum(cost_usd IS NULL) AS unpriced FROM model_call WHERE session = ? GROUP BY agent
                        """), arguments: [session.description])
            var found: [String: (usage: Usage, cost: Double, unpriced: Int)] = [:]
            for row in rows {
                let usage = Usage(input: row["input"], output: row["output"], cacheRead: row["cache_read"], cacheWrite: row["cache_write"])
                found[row["agent"]] = (usage, row["cost"], row["unpriced"])
            }
            return found
        }
    }

    /// Keeps what a person granted, so that it is there when the session is resumed.
    func keep(grant rule: PermissionRule, by: String) async throws(StoreError) {
        try await self.transaction { transaction in
            try transaction.db.run(
                sql: "INSERT OR IGNORE INTO grant_rule (session, rule, granted_by, granted_at) VALUES (?, ?, ?, ?)",
                arguments: [transaction.session, rule.description, by, transaction.now.iso8601])
            try transaction.publish(GrantChanged(rule: rule.description, granted: true, by: by), source: by)
        }
    }
}
