import GRDB
package import LoomSystem

/// What a plugin wants to keep for itself.
package struct PluginDataWrite: Sendable {
    package let plugin: String
    package let key: String
    /// Nil takes it away.
    package let value: JSON?
    /// What must be kept now for the write to count: the revision that was read, 0 for nothing; nil writes in any case.
    package let revision: Int64?
    /// The call it belongs to, which after a crash is not simply run again.
    package let effect: (agent: ID, call: String)?

    package init(plugin: String, key: String, value: JSON?, revision: Int64?, effect: (agent: ID, call: String)?) {
        self.plugin = plugin
        self.key = key
        self.value = value
        self.revision = revision
        self.effect = effect
    }
}

package enum PluginDataResult: Sendable, Hashable {
    case done(revision: Int64)
    /// Something else is kept now; 0 for nothing.
    case conflict(revision: Int64)
    /// Whoever wrote has no say any more.
    case stale(String)
}

extension Store {
    package func pluginData(_ plugin: String, _ key: String) async throws(StoreError) -> (value: JSON, revision: Int64)? {
        try await self.read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT value, revision FROM plugin_data WHERE plugin = ? AND key = ? AND value IS NOT NULL"),
                arguments: [plugin, key])
            return try row.map { (try JSON.parse($0["value"] as String), $0["revision"]) }
        }
    }

    /// Keys that begin with a text, sorted, with their revisions.
    package func pluginKeys(_ plugin: String, prefix: String) async throws(StoreError) -> [(key: String, revision: Int64)] {
        try await self.read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT key, revision FROM plugin_data
                        WHERE plugin = ?1 AND substr(key, 1, length(?2)) = ?2 AND value IS NOT NULL ORDER BY key
                        """), arguments: [plugin, prefix]
            ).map { ($0["key"], $0["revision"]) }
        }
    }

    /// - Parameter refusal: asked inside of the transaction; a sentence when the writer was replaced meanwhile.
    package func write(
        _ write: PluginDataWrite, unless refusal: @escaping @Sendable () -> String?
    ) async throws(StoreError) -> PluginDataResult {
        try await self.transaction { transaction in
            if let sentence = refusal() { return .stale(sentence) }
            let row = try Row.fetchOne(
                transaction.db.cachedStatement(
                    sql: "SELECT revision, value IS NOT NULL AS kept FROM plugin_data WHERE plugin = ? AND key = ?"),
                arguments: [write.plugin, write.key])
            let last: Int64 = row?["revision"] ?? 0
            let current = row?["kept"] == true ? last : 0
            if let wanted = write.revision, wanted != current { return .conflict(revision: current) }
            if write.value == nil, current == 0 { return .done(revision: last) }
            try transaction.db.run(
                sql: """
                    INSERT INTO plugin_data (plugin, key, value, revision, changed_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (plugin, key) DO UPDATE
                    SET value = excluded.value, revision = excluded.revision, changed_at = excluded.changed_at
                    """, arguments: [write.plugin, write.key, write.value?.text(), last + 1, transaction.now.iso8601])
            if let effect = write.effect {
                let what = "the plugin \(write.plugin) \(write.value == nil ? "deleted" : "stored") «\(write.key)»"
                try transaction.record(.stored(what), agent: effect.agent, call: effect.call)
            }
            return .done(revision: last + 1)
        }
    }
}
