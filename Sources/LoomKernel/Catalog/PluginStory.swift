/// What one plugin is made of now, and what is kept of it for a rollback.
package struct PluginStory: Sendable, Hashable {
    /// The text that is live; where none is, what the file holds; where there is no file, what it held last.
    package let source: String
    /// SHA-256 of it.
    package let hash: String
    /// SHA-256 of what the file holds, which differs from what is live while it does not load; nil when the file is gone.
    package let fileHash: String?
    /// The newest first.
    package let versions: [PluginVersion]
    /// What stands in place of the catalog's row for a plugin that has no file any more.
    package let deleted: PluginSummary?

    package init(source: String, hash: String, fileHash: String?, versions: [PluginVersion], deleted: PluginSummary? = nil) {
        self.source = source
        self.hash = hash
        self.fileHash = fileHash
        self.versions = versions
        self.deleted = deleted
    }
}
