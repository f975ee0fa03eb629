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

    /// The ledger of model calls, in groups.
    /// - Parameters:
    ///   - session: nil for all.
    ///   - since: the first day that counts, as in `2026-11-27`; nil for the beginning.
    package func costs(by group: CostReport.Group, session: String?, since: String? = nil) async throws(StoreError) -> CostReport {
        let column =
            switch group {
            case .agent: "agent"
            case .team: "coalesce(team, '')"
            case .task: "coalesce((SELECT id || ' ' || title FROM task WHERE task.id = model_call.task), task, '')"
            case .model: "model"
            case .purpose: "purpose"
            case .session: "session"
            case .day: "substr(time, 1, 10)"
            }
        return try await self.read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT \(column) AS name, count(*) AS calls, sum(input) AS input, sum(output) AS output,
                        sum(cache_read) AS cache_read, sum(cache_write) AS cache_write, sum(reasoning) AS reasoning,
                        total(cost_usd) AS cost, sum(cost_usd IS NULL) AS unpriced
                        FROM model_call WHERE (?1 IS NULL OR session = ?1) AND (?2 IS NULL OR time >= ?2) GROUP BY 1
                        """), arguments: [session, since])
            return CostReport(
                by: group,
                rows: rows.map { row in
                    CostReport.Row(
                        name: row["name"], calls: row["calls"],
                        usage: Usage(
                            input: row["input"], output: row["output"], cacheRead: row["cache_read"], cacheWrite: row["cache_write"],
                            reasoning: row["reasoning"]), costUSD: row["cost"], unpriced: row["unpriced"])
                })
        }
    }

    /// Keeps what a person granted, so that it is there when the session is resumed.
    func keep(grant rule: PermissionRule, by: String, _ seal: UserSeal) async throws(StoreError) {
        try await self.transaction { transaction in
            try transaction.db.run(
                sql: "INSERT OR REPLACE INTO grant_rule (session, rule, granted_by, granted_at, seal) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    transaction.session, rule.description, by, transaction.now.iso8601,
                    seal.seal(grant: rule.description, of: transaction.session),
                ])
            try transaction.publish(GrantChanged(rule: rule.description, granted: true, by: by), source: by)
        }
    }
}
