import ArgumentParser

/// What is loaded, and what is wrong with it. Each subcommand is an extension in a file of its own.
struct Plugin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Begin, list, show, check, test and roll back plugins, and say what they may call.",
        subcommands: [List.self, Show.self, New.self, Check.self, Test.self, Rollback.self, API.self], defaultSubcommand: List.self)

    /// The words that may stand after `plugin`.
    static var names: [String] { configuration.subcommands.map { $0._commandName } }
}
