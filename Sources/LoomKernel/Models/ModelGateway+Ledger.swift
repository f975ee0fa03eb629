import GRDB
import LoomSystem

/// What is written down of the money. In tasks of their own: who is cancelled has spent it all the same. A row that cannot be kept
/// stops no call; the event row that follows fails loudly if storage is gone.
extension ModelGateway {
    /// The row of the ledger and the signal, together.
    func record(_ call: ModelCall, _ finished: ModelFinished, _ circumstances: Circumstances) async {
        await Task {
            _ = try? await self.store.transaction { transaction in
                try self.enter(finished.usage, id: call.id, call, circumstances, in: transaction)
                try transaction.publish(
                    finished, source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
            }
        }.value
    }

    /// An attempt that came to no reply, cut or cancelled, costs what its vendor had counted until then.
    func charge(_ usage: Usage, _ attempt: Int, _ call: ModelCall, _ circumstances: Circumstances) async {
        guard usage.total > 0 else { return }
        self.purse.budget.charge(call.facts?.cost(usage) ?? 0, to: call.agent)
        await Task {
            _ = try? await self.store.transaction { transaction in
                try self.enter(usage, id: "\(call.id)/\(attempt)", call, circumstances, in: transaction)
            }
        }.value
    }

    /// The task is the one that its agent has in hand.
    private func enter(
        _ usage: Usage, id: String, _ call: ModelCall, _ circumstances: Circumstances, in transaction: Transaction
    ) throws {
        let price = call.facts?.price(of: usage).map { JSON.object($0.mapValues { .number($0) }).text() }
        try transaction.db.run(
            sql: """
                INSERT INTO model_call (id, session, agent, model, purpose, input, output, cache_read, cache_write, cost_usd, time,
                    reasoning, team, task, price)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    (SELECT id FROM task WHERE session = ? AND assignee = ? AND status IN ('assigned', 'active')
                     ORDER BY status = 'active' DESC, changed_at DESC LIMIT 1), ?)
                """,
            arguments: [
                id, transaction.session, call.agent, call.model.description, call.purpose, usage.input, usage.output, usage.cacheRead,
                usage.cacheWrite, call.facts?.cost(usage), transaction.now.iso8601, usage.reasoning, circumstances.team,
                transaction.session, call.agent, price,
            ])
    }
}
