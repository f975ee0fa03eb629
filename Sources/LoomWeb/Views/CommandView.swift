import LoomKernel

/// A command that a plugin adds.
struct CommandView {
    let name: String
    let usage: String
    let summary: String

    init(_ command: any PluginCommand) {
        self.name = command.name
        self.usage = command.usage
        self.summary = command.summary
    }
}
