/// A line that a plugin logged.
package struct PluginLogged: SignalPayload {
    package static let type = "plugin.log"
    package static let isKept = false
    package var plugin: String
    package var level: String
    package var text: String
    package init(plugin: String, level: String, text: String) {
        self.plugin = plugin
        self.level = level
        self.text = text
    }
}

/// An earlier text of a plugin was put back into its file.
package struct PluginRolledBack: SignalPayload {
    package static let type = "plugin.rollback"
    package var plugin: String
    package var kind: String
    /// The generation that runs the text now; nil where it did not load.
    package var generation: Int?
    /// The generation whose text it is.
    package var restored: Int
    /// The number of the text that gave way.
    package var kept: Int?
    package var path: String
    package var by: String
    package init(plugin: String, kind: String, generation: Int?, restored: Int, kept: Int?, path: String, by: String) {
        self.plugin = plugin
        self.kind = kind
        self.generation = generation
        self.restored = restored
        self.kept = kept
        self.path = path
        self.by = by
    }
}
