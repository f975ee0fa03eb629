import GRDB
import LoomSystem

extension ModelGateway {
    /// The row of the ledger and the signal, together. The task is the one that its agent has in hand.
    func record(_ call: ModelCall, _ finished: ModelFinished, _ circumstances: Circumstances) async throws(ModelFailure) {
        let price = call.facts?.price(of: finished.usage).map { JSON.object($0.mapValues { .number($0) }).text() }
        do {
            try await self.store.transaction { transaction in
                try transaction.db.run(
                    sql: """
                        INSERT INTO model_call (id, session, agent, model, purpose, input, output, cache_read, cache_write, cost_usd, time,
                            reasoning, team, task, price)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                            (SELECT id FROM task WHERE session = ? AND assignee = ? AND status IN ('assigned', 'active')
                             ORDER BY status = 'active' DESC, changed_at DESC LIMIT 1), ?)
                        """,
                    arguments: [
                        call.id, transaction.session, call.agent, finished.model, call.purpose, finished.usage.input,
                        finished.usage.output, finished.usage.cacheRead, finished.usage.cacheWrite, finished.costUSD,
                        transaction.now.iso8601, finished.usage.reasoning, circumstances.team, transaction.session, call.agent,
                        price,
                    ])
                try transaction.publish(
                    finished, source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
            }
        } catch {
            throw ModelFailure(.server, error.description)
        }
    }
}
