/// What a person can have done to plugins while they are in use. The kernel knows only that somebody can do it.
package protocol PluginControl: Sendable {
    /// Puts an earlier text back into the plugin's file, which is live from then on. What the file held goes into the history first.
    ///
    /// - Parameters:
    ///   - plugin: its name, or `KIND/NAME` where several kinds have the name.
    ///   - generation: nil for the last one that differs from what the file holds.
    func rollback(_ plugin: String, to generation: Int?) async throws(CommandError) -> PluginRollback
    /// Loads a plugin anew, whether or not its file changed; nil looks at all files.
    func reload(_ plugin: String?) async throws(CommandError) -> [PluginReported]
    /// Loads what was left for after the prompt; returns when all of it is there.
    func loadRest() async
    /// What one plugin is made of; nil when there is none of this kind and name, and nothing is kept of one that was deleted. Work under way on the plugins ends first, so that
    /// a report that was just made and what this says agree.
    func story(kind: String, name: String) async -> PluginStory?
    /// Those whose file is gone and whose texts are kept, so that a rollback brings them back.
    func deleted() async -> [PluginSummary]
    /// What they hold open now.
    var counts: PluginCounts { get }
}

/// What a rollback did.
package struct PluginRollback: Sendable, Hashable, Codable {
    package let plugin: String
    package let kind: String
    /// The generation whose text is in the file again.
    package let restored: Int
    /// The file.
    package let path: String
    /// The number under which the text that gave way is kept; nil when there was none.
    package let kept: Int?
    /// The generation that runs the text now; nil where none does: nothing is loaded here, or it does not load.
    package let live: Int?
    /// Why it does not.
    package let error: String?

    package init(plugin: String, kind: String, restored: Int, path: String, kept: Int?, live: Int?, error: String?) {
        self.plugin = plugin
        self.kind = kind
        self.restored = restored
        self.path = path
        self.kept = kept
        self.live = live
        self.error = error
    }

    /// One or two sentences for people.
    package var text: String {
        let undo = self.kept.map { " What it held is kept as \($0)." } ?? ""
        let now =
            if let error { " It does not load: \(error)" } else if let live { " It runs as generation \(live)." } else { "" }
        return "\(self.path) has the text of generation \(self.restored) again.\(now)\(undo)"
    }
}
