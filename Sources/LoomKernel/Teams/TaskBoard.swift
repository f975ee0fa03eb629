import GRDB
import LoomSystem

extension TaskSummary {
    init?(_ row: Row) {
        guard let status = Status(rawValue: row["status"]) else { return nil }
        self.init(
            id: row["id"], title: row["title"], description: row["description"], status: status, assignee: row["assignee"],
            creator: row["creator"], result: row["result"])
    }
}

extension Store {
    func tasks(session: ID) async throws(StoreError) -> [TaskSummary] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM task WHERE session = ? ORDER BY rowid"), arguments: [session.description]
            )
            .compactMap { TaskSummary($0) }
        }
    }
}

extension Transaction {
    func insert(_ task: TaskSummary, by source: String, team: String, call: String) throws {
        try self.db.run(
            sql: """
                INSERT INTO task (id, session, title, description, status, assignee, creator, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                task.id, self.session, task.title, task.description, task.status.rawValue, task.assignee, task.creator, self.now.iso8601,
            ])
        try self.publish(TaskChanged(task: task, by: source, call: call), source: source, subject: task.id, team: team)
    }

    /// Changes a task that is still open; nil when it is not there or not open.
    func update(
        task id: String, to status: TaskSummary.Status, result: String, by source: String, team: String, call: String
    ) throws -> TaskSummary? {
        let row = try Row.fetchOne(
            self.db.cachedStatement(sql: "SELECT * FROM task WHERE id = ? AND session = ? AND status IN ('assigned', 'active')"),
            arguments: [id, self.session])
        guard let row, var task = TaskSummary(row) else { return nil }
        task.status = status
        task.result = result
        try self.db.run(
            sql: "UPDATE task SET status = ?, result = ?, changed_at = ? WHERE id = ?",
            arguments: [status.rawValue, result, self.now.iso8601, id])
        try self.publish(TaskChanged(task: task, by: source, call: call), source: source, subject: id, team: team)
        return task
    }

    /// Whoever gave an agent a task that it has not completed hears what became of the agent; gives back who has something to read.
    func tellCreators(
        of identity: AgentIdentity, _ what: String, said: String = "", _ identifiers: IDGenerator
    ) throws -> [String] {
        let rows = try Row.fetchAll(
            self.db.cachedStatement(
                sql: """
                    SELECT task.*, agent.id AS creator_id, agent.role AS creator_role, team.name AS creator_team FROM task
                    JOIN agent ON agent.session = task.session AND agent.name = task.creator AND agent.left_at IS NULL
                    JOIN team ON team.id = agent.team
                    WHERE task.session = ? AND task.assignee = ? AND task.creator <> task.assignee AND task.status IN ('assigned', 'active')
                    ORDER BY task.rowid
                    """), arguments: [self.session, identity.name])
        var told: [String] = []
        for row in rows {
            guard let task = TaskSummary(row), let id = ID(row["creator_id"] as String) else { continue }
            let creator = AgentIdentity(id: id, name: task.creator, role: row["creator_role"], team: row["creator_team"])
            let text = "\(identity.name) \(what) without completing \(task.id) «\(task.title)».\(said)"
            do {
                try self.queue(
                    InboxItem(
                        id: identifiers.next(), from: identity.name, to: creator.name, kind: .notice, priority: .normal, text: text,
                        time: self.now, cause: nil), agent: creator, source: identity.source)
                told.append(creator.name)
            } catch is InboxFull {
                // It has enough to read, and its tasks say the same.
            }
        }
        return told
    }

    /// An agent's turn ended. Not while it has something to read: it may well complete its task in the next one. The lead answers to
    /// people.
    func tellOfEnd(of identity: AgentIdentity, _ outcome: Outcome, _ text: String, _ identifiers: IDGenerator) throws -> [String] {
        guard outcome != .cancelled else { return [] }
        let isAtRest = try Bool.fetchOne(
            self.db.cachedStatement(
                sql: """
                    SELECT NOT EXISTS (SELECT 1 FROM inbox_item WHERE agent = ? AND read_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM session WHERE id = ? AND lead = ?)
                    """), arguments: [identity.id.description, self.session, identity.name])
        guard isAtRest == true else { return [] }
        let said = text.isEmpty ? "" : " Its last words: \(headAndTail(text, bytes: 1_000, note: "see its transcript"))"
        return try self.tellCreators(of: identity, "ended its turn (\(outcome.rawValue))", said: said, identifiers)
    }

    /// A short name for the next task: t1, t2, …
    func nextTaskID() throws -> String {
        let count =
            try Int.fetchOne(self.db.cachedStatement(sql: "SELECT count(*) FROM task WHERE session = ?"), arguments: [self.session]) ?? 0
        // Ids are unique in the whole database, names in a session: the session's last letters tell them apart.
        return "t\(count + 1)-\(self.session.suffix(4).lowercased())"
    }
}
