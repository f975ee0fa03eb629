import GRDB
package import LoomSystem

extension Store {
    /// Who is in a session, with the model of each, in the order in which they came.
    func agents(session: ID) async throws(StoreError) -> [(AgentIdentity, ModelName)] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT agent.*, team.name AS team_name FROM agent JOIN team ON team.id = agent.team
                        WHERE agent.session = ? AND agent.left_at IS NULL ORDER BY agent.rowid
                        """), arguments: [session.description]
            ).compactMap { row in
                guard let id = ID(row["id"] as String), let model = ModelName(row["model"]) else { return nil }
                return (AgentIdentity(id: id, name: row["name"], role: row["role"], team: row["team_name"]), model)
            }
        }
    }
}

extension Transaction {
    private func key(ofTeam name: String) -> String { "\(self.session)-\(name)" }

    /// Stores a team of the session, unless it is there.
    package func keepTeam(_ name: String) throws {
        try self.db.run(
            sql: "INSERT OR IGNORE INTO team (id, session, name) VALUES (?, ?, ?)",
            arguments: [self.key(ofTeam: name), self.session, name])
    }

    /// Stores a new agent of a team that is there.
    package func keepAgent(_ identity: AgentIdentity, model: ModelName, by: String, cause: ID? = nil) throws {
        try self.db.run(
            sql: "INSERT INTO agent (id, session, team, name, role, model, spawned_by, spawned_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                identity.id.description, self.session, self.key(ofTeam: identity.team), identity.name, identity.role, model.description,
                by, self.now.iso8601,
            ])
        try self.publish(
            AgentSpawned(agent: identity.name, role: identity.role, model: model.description, by: by), source: by, subject: identity.name,
            team: identity.team, cause: cause)
    }

    func setModel(_ model: ModelName, of identity: AgentIdentity) throws {
        try self.db.run(sql: "UPDATE agent SET model = ? WHERE id = ?", arguments: [model.description, identity.id.description])
    }

    /// Ends a membership and frees its name; the row stays.
    func removeAgent(_ identity: AgentIdentity, by: String) throws {
        try self.db.run(
            sql: "UPDATE agent SET left_at = ?, name = name || '~' || id WHERE id = ?",
            arguments: [self.now.iso8601, identity.id.description])
        try self.publish(AgentStopped(agent: identity.name, reason: "removed by \(by)"), source: by, team: identity.team)
    }
}
