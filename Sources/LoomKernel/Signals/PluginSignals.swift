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
