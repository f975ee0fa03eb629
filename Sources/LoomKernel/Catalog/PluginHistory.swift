package import LoomSystem

/// One text of a plugin's file, as it was in use or put aside.
package struct PluginVersion: Sendable, Hashable, Codable {
    package enum Status: String, Sendable, Hashable, Codable {
        /// A generation ran it.
        case used
        /// It was in the file when an older text was put back, and no generation ran it.
        case aside
    }

    package let plugin: String
    package let kind: String
    /// The first generation that ran it.
    package let number: Int
    /// The last one: where only a library changed, a new generation runs the same text.
    package let latest: Int
    /// `bundled`, `user` or `project`.
    package let root: String
    /// SHA-256 of the text.
    package let hash: String
    package let status: Status
    /// When it was first in use, or put aside.
    package let time: Timestamp

    package init(
        plugin: String, kind: String, number: Int, latest: Int, root: String, hash: String, status: Status, time: Timestamp
    ) {
        self.plugin = plugin
        self.kind = kind
        self.number = number
        self.latest = latest
        self.root = root
        self.hash = hash
        self.status = status
        self.time = time
    }

    package func contains(generation: Int) -> Bool { self.number <= generation && generation <= self.latest }
}

/// Keeps the texts that plugins had, across restarts. Their numbers go on from one session to the next.
package protocol PluginHistory: Sendable {
    /// The newest version of every plugin, and how many are kept of it.
    func newestVersions() async throws(StoreError) -> [(version: PluginVersion, count: Int)]
    /// What is kept of the plugins of this name, the newest first.
    func versions(of plugin: String) async throws(StoreError) -> [PluginVersion]
    /// The text; nil when it is no longer kept.
    func source(of version: PluginVersion) async throws(StoreError) -> String?
    /// What the last load or reload of each plugin came to that a session was told of.
    func lastReports() async throws(StoreError) -> [PluginReported]
    /// Keeps new texts and, for known ones, the last generation that ran them. The oldest beyond `PluginVersions.kept` go.
    func keep(_ texts: [(version: PluginVersion, source: String)]) async throws(StoreError)
}

package enum PluginVersions {
    /// How many texts are kept of each plugin.
    package static let kept = 20
}
