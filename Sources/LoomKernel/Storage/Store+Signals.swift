import GRDB
package import LoomSystem

extension Store {
    /// The session's kept signals behind a number, oldest first. Replay is reading the log.
    package func signals(
        after sequence: Int64, limit: Int, session: ID, matching patterns: [TopicPattern] = []
    ) async throws(StoreError) -> [Signal] {
        try await self.read { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: "SELECT * FROM signal WHERE session = ? AND sequence > ? ORDER BY sequence"),
                arguments: [session.description, sequence])
            var found: [Signal] = []
            while found.count < limit, let row = try rows.next() {
                guard let signal = Signal(row) else { continue }
                if patterns.isEmpty || patterns.contains(where: { $0.matches(signal.topic) }) { found.append(signal) }
            }
            return found
        }
    }

    /// The signals about one thing, oldest first.
    package func signals(about subject: String, session: ID) async throws(StoreError) -> [Signal] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM signal WHERE subject = ? AND session = ? ORDER BY sequence"),
                arguments: [subject, session.description]
            ).compactMap(Signal.init)
        }
    }

    /// Tool calls of a session with their numbers, the newest first: at most `limit`, or the one of a number.
    package func toolCalls(_ limit: Int, number: Int? = nil, session: ID) async throws(StoreError) -> [ToolCallRecord] {
        try await self.read { db in
            // Some servers number calls for each agent anew. What was refused has an end and no beginning.
            let calls = """
                SELECT subject, source, min(sequence) AS first FROM signal
                WHERE session = ? AND subject IS NOT NULL AND type IN ('\(ToolStarted.type)', '\(ToolFinished.type)')
                GROUP BY subject, source
                """
            let count = try db.cachedStatement(sql: "SELECT count(*) FROM (\(calls))")
            let total = try Int.fetchOne(count, arguments: [session.description]) ?? 0
            let latest = number ?? total
            guard latest > 0, latest <= total else { return [] }
            let rows = try Row.fetchAll(
                db.cachedStatement(sql: "\(calls) ORDER BY first DESC LIMIT ? OFFSET ?"),
                arguments: [session.description, number == nil ? limit : 1, total - latest])
            return try rows.enumerated().compactMap { index, row in
                let signals = try Row.fetchAll(
                    db.cachedStatement(sql: "SELECT * FROM signal WHERE subject = ? AND source = ? AND session = ? ORDER BY sequence"),
                    arguments: [row["subject"] as String, row["source"] as String, session.description]
                ).compactMap(Signal.init)
                return ToolCallRecord(
                    number: latest - index, started: signals.lazy.compactMap { $0.payload(ToolStarted.self) }.last,
                    finished: signals.lazy.compactMap { $0.payload(ToolFinished.self) }.last)
            }
        }
    }

    /// The newest kept signals of a session, oldest first.
    package func latestSignals(
        _ count: Int, session: ID, matching pattern: TopicPattern = TopicPattern("**")
    ) async throws(StoreError) -> [Signal] {
        try await self.read { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: "SELECT * FROM signal WHERE session = ? ORDER BY sequence DESC"), arguments: [session.description])
            var found: [Signal] = []
            while found.count < count, let row = try rows.next() {
                if let signal = Signal(row), pattern.matches(signal.topic) { found.append(signal) }
            }
            return found.reversed()
        }
    }

    /// The number of the session's last kept signal, 0 without one. Other sessions may write to the same database at the same time.
    package func lastSequence(session: ID) async throws(StoreError) -> Int64 {
        try await self.read { db in
            let last = try db.cachedStatement(sql: "SELECT max(sequence) FROM signal WHERE session = ?")
            return try Int64.fetchOne(last, arguments: [session.description]) ?? 0
        }
    }

    /// Lets a durable subscriber that is new begin behind what has happened so far.
    package func beginCursor(_ name: String) async throws(StoreError) {
        try await self.transaction {
            try $0.db.run(
                sql: "INSERT OR IGNORE INTO cursor (name, sequence) VALUES (?, (SELECT coalesce(max(sequence), 0) FROM signal))",
                arguments: [name])
        }
    }

    /// Where a durable subscriber stands; zero for a new one.
    package func cursor(_ name: String) async throws(StoreError) -> Int64 {
        try await self.read {
            try Int64.fetchOne($0.cachedStatement(sql: "SELECT sequence FROM cursor WHERE name = ?"), arguments: [name]) ?? 0
        }
    }

    /// Everything up to `sequence` has been dealt with by this subscriber.
    package func acknowledge(_ name: String, _ sequence: Int64) async throws(StoreError) {
        try await self.transaction {
            try $0.db.run(
                sql: """
                    INSERT INTO cursor (name, sequence) VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET sequence = max(sequence, excluded.sequence)
                    """, arguments: [name, sequence])
        }
    }
}

extension Signal {
    /// Nil for a row that cannot be read: a damaged one is skipped, never fatal.
    fileprivate init?(_ row: Row) {
        guard let id = ID(row["id"] as String), let time = Timestamp(iso8601: row["time"]),
            let data = try? JSON.parse(row["data"] as String)
        else { return nil }
        self.init(
            sequence: row["sequence"], id: id, type: row["type"], source: row["source"], subject: row["subject"], team: row["team"],
            cause: (row["cause"] as String?).flatMap { ID($0) }, time: time, data: data)
    }
}
