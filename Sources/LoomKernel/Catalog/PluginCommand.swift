package import LoomSystem

/// A command that a person can type, beside the built-in ones.
package protocol PluginCommand: Sendable {
    var name: String { get }
    var generation: Int { get }
    /// `/standup [AGENT]`.
    var usage: String { get }
    /// One line.
    var summary: String { get }
    /// Words that the argument begun may become.
    func complete(_ word: String, _ session: JSON) async -> [String]
    /// What it says to the person who typed it; `text` is what stood behind the command's name.
    func run(_ text: String, _ session: JSON, _ host: ToolHost) async throws(ToolError) -> String
}
