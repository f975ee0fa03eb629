import GRDB
import LoomSystem

extension Store: PluginHistory {
    package func newestVersions() async throws(StoreError) -> [(version: PluginVersion, count: Int)] {
        try await self.read { db in
            // SQLite takes the other columns from the row that has the maximum.
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT kind, name, max(number) AS number, latest, root, hash, status, time, count(*) AS count
                        FROM plugin_version GROUP BY kind, name
                        """)
            ).compactMap { row in PluginVersion(row).map { ($0, row["count"]) } }
        }
    }

    package func versions(of plugin: String) async throws(StoreError) -> [PluginVersion] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT kind, name, number, latest, root, hash, status, time FROM plugin_version WHERE name = ?
                        ORDER BY kind, number DESC
                        """), arguments: [plugin]
            ).compactMap(PluginVersion.init)
        }
    }

    package func source(of version: PluginVersion) async throws(StoreError) -> String? {
        try await self.read { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT source FROM plugin_version WHERE kind = ? AND name = ? AND number = ?"),
                arguments: [version.kind, version.plugin, version.number])
        }
    }

    package func lastReports() async throws(StoreError) -> [PluginReported] {
        try await self.read { db in
            try String.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT data FROM signal WHERE sequence IN (
                            SELECT max(sequence) FROM signal WHERE type = ?
                            GROUP BY json_extract(data, '$.kind'), json_extract(data, '$.plugin'))
                        """), arguments: [PluginReported.type]
            ).compactMap { try? JSON.parse($0).decode(as: PluginReported.self) }
        }
    }

    package func keep(_ texts: [(version: PluginVersion, source: String)]) async throws(StoreError) {
        try await self.transaction { transaction in
            for (version, source) in texts {
                try transaction.db.run(
                    sql: """
                        INSERT INTO plugin_version (kind, name, number, latest, root, hash, status, time, source)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (kind, name, number) DO UPDATE
                        SET latest = max(latest, excluded.latest), status = excluded.status WHERE hash = excluded.hash
                        """,
                    arguments: [
                        version.kind, version.plugin, version.number, version.latest, version.root, version.hash, version.status.rawValue,
                        version.time.iso8601, source,
                    ])
                guard version.number > PluginVersions.kept else { continue }
                try transaction.db.run(
                    sql: """
                        DELETE FROM plugin_version WHERE kind = ?1 AND name = ?2 AND number NOT IN
                        (SELECT number FROM plugin_version WHERE kind = ?1 AND name = ?2 ORDER BY number DESC LIMIT ?3)
                        """, arguments: [version.kind, version.plugin, PluginVersions.kept])
            }
        }
    }
}

extension PluginVersion {
    /// Nil for a row that cannot be read.
    fileprivate init?(_ row: Row) {
        guard let status = Status(rawValue: row["status"]), let time = Timestamp(iso8601: row["time"]) else { return nil }
        self.init(
            plugin: row["name"], kind: row["kind"], number: row["number"], latest: row["latest"], root: row["root"], hash: row["hash"],
            status: status, time: time)
    }
}
