import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

extension Plugin {
    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Put an earlier text of a plugin back into its file.",
            discussion: """
                Without --to it is the last generation that differs from what the file holds. What the file holds is kept first, so that a \
                rollback can be undone by another. A running session takes the file at once. «loomkin plugin show NAME» lists what is kept.
                """)
        @OptionGroup var project: ProjectOptions
        @Option(name: .long, help: ArgumentHelp("The kind, where several have the name: role, prompt, tool …", valueName: "kind"))
        var kind: String?
        @Option(name: .long, help: ArgumentHelp("The generation whose text is wanted.", valueName: "n"))
        var to: Int?
        @Flag(name: .long, help: "Print JSON.") var json = false
        @Argument(help: "The plugin's name.") var name: String

        func run() async throws {
            let project = try await Project.open(self.project)
            let name = self.kind.map { "\($0)/\(self.name)" } ?? self.name
            let done: PluginRollback
            do {
                done = try await project.withHistory { _ in try await project.plugins.rollback(name, to: self.to) }
            } catch let error as CommandError {
                throw Failure(error.description)
            }
            self.json ? give(try JSON(encoding: done).text(pretty: true)) : say(done.text)
        }
    }
}
