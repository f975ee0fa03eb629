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

/// A plugin that nobody waits for failed: a hook, or a service that handled a signal or ticked. It goes on.
package struct PluginFailed: SignalPayload {
    package static let type = "plugin.failed"
    package var plugin: String
    package var kind: String
    /// One sentence.
    package var text: String
    /// For people: a traceback.
    package var trace: String?

    package init(plugin: String, kind: String, text: String, trace: String? = nil) {
        self.plugin = plugin
        self.kind = kind
        self.text = text
        self.trace = trace
    }
}

extension PluginFailed {
    init(plugin: String, kind: String, _ error: ToolError) {
        self.init(plugin: plugin, kind: kind, text: error.message, trace: error.trace)
    }
}

extension Services {
    /// Keeps a failure of a plugin. Where even that fails there is nobody left to tell.
    func tell(_ failure: PluginFailed, source: String) async {
        var failure = failure
        failure.text = self.secrets.redact(failure.text)
        failure.trace = failure.trace.map(self.secrets.redact)
        _ = try? await self.store.publish(failure, source: source)
    }
}
