import GRDB
import LoomSystem

/// A session as the database has it.
struct StoredSession: Sendable {
    let id: ID
    let lead: String
    /// The default model it began with.
    let model: String?
    /// Nil where it was not this user who chose it.
    let permissions: TrustPreset?
    let grants: [PermissionRule]
    /// Dollars by agent.
    let spent: [String: Double]
    let notices: [String]

    /// Nil for a new session.
    static func find(_ choice: SessionChoice, in store: Store, _ seal: UserSeal) async throws(CommandError) -> StoredSession? {
        guard case .resume(let named) = choice else { return nil }
        let wanted = named == "latest" ? nil : named
        if wanted == "" { throw CommandError("The id of the session is empty. See «loomkin sessions».", isMistaken: true) }
        do {
            let found = try await store.read { db in
                try Row.fetchAll(
                    // Of those that nobody named, the latest in which something was said: one has a title then.
                    db.cachedStatement(
                        sql: """
                            SELECT * FROM session WHERE ?1 IS NULL OR substr(id, 1, length(?1)) = ?1
                            ORDER BY ?1 IS NULL AND title = '', active_at DESC, id DESC LIMIT 2
                            """),
                    arguments: [wanted?.uppercased()]
                ).map { row in
                    (
                        id: row["id"] as String, lead: row["lead"] as String, model: row["model"] as String?,
                        permissions: row["permissions"] as String, seal: row["seal"] as String?
                    )
                }
            }
            guard let row = found.first, let id = ID(row.id) else {
                throw CommandError(
                    wanted.map { "There is no session «\($0)». See «loomkin sessions»." } ?? "There is no session to resume yet.",
                    isMistaken: true)
            }
            if wanted != nil, found.count > 1 {
                throw CommandError("«\(wanted ?? "")» fits more than one session. Write more of its id.", isMistaken: true)
            }
            let usage = try await store.usage(session: id)
            let grants = try await store.read { db in
                try Row.fetchAll(
                    db.cachedStatement(sql: "SELECT rule, seal FROM grant_rule WHERE session = ?"), arguments: [id.description]
                ).map { (rule: $0["rule"] as String, seal: $0["seal"] as String?) }
            }
            let given = grants.filter { $0.seal == seal.seal(grant: $0.rule, of: row.id) }.map(\.rule)
            let isChosen = row.seal == seal.seal(preset: row.permissions, of: row.id)
            let foreign =
                "What may be done in this session was not decided by you on this machine, so it does not count: you are asked again."
            return StoredSession(
                id: id, lead: row.lead, model: row.model, permissions: isChosen ? TrustPreset(rawValue: row.permissions) : nil,
                grants: given.compactMap { PermissionRule(.allow, text: $0.replacingPrefix("allow ", ""), origin: "this session") },
                spent: usage.mapValues(\.cost), notices: isChosen && given.count == grants.count ? [] : [foreign])
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError((error as? StoreError)?.description ?? "\(error)")
        }
    }
}

extension Store {
    /// Every stored session, the latest first.
    package func sessions() async throws(StoreError) -> [SessionSummary] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT session.*, (SELECT count(*) FROM agent WHERE agent.session = session.id) AS agents,
                        (SELECT total(cost_usd) FROM model_call WHERE model_call.session = session.id) AS cost,
                        (SELECT count(*) FROM model_call WHERE model_call.session = session.id AND cost_usd IS NULL) AS unpriced
                        FROM session ORDER BY active_at DESC, id DESC
                        """)
            ).compactMap { row in
                guard let started = Timestamp(iso8601: row["started_at"]), let active = Timestamp(iso8601: row["active_at"]) else {
                    return nil
                }
                return SessionSummary(
                    id: row["id"], title: row["title"], startedAt: started, activeAt: active, agents: row["agents"], costUSD: row["cost"],
                    unpricedCalls: row["unpriced"],
                    outcome: (row["outcome"] as String?).flatMap(Outcome.init))
            }
        }
    }
}
