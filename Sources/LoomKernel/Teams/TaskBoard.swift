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

    /// A short name for the next task: t1, t2, …
    func nextTaskID() throws -> String {
        let count =
            try Int.fetchOne(self.db.cachedStatement(sql: "SELECT count(*) FROM task WHERE session = ?"), arguments: [self.session]) ?? 0
        // Ids are unique in the whole database, names in a session: the session's last letters tell them apart.
        return "t\(count + 1)-\(self.session.suffix(4).lowercased())"
    }
}
