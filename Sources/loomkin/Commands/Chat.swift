import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomSystem
import LoomWeb

/// The REPL on a project.
struct Chat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Open the REPL on a project (what «loomkin» alone does).",
        discussion: """
            With no model configured and no key set, it plays the bundled sample session.
            When standard input is no terminal, lines are read from it and sent one after another.
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var session: SessionOptions

    @Flag(name: .long, help: "Go on with a stored session: the latest, or the one whose id follows.")
    var resume = false

    @Flag(name: .customLong("no-page"), help: "Do not serve the status page.")
    var noPage = false

    @Argument(help: ArgumentHelp("The session to resume, with --resume.", visibility: .hidden))
    var id: String?

    /// What was typed first is meant as a command, whatever follows. Behind an option an unknown one is told of first.
    func validate() throws {
        if CommandLine.arguments.dropFirst().first == self.id { try self.refuseCommand() }
    }

    private func refuseCommand() throws {
        guard let id, !self.resume else { return }
        let commands = Loomkin.configuration.subcommands.map { String(describing: $0).lowercased() }
        guard !commands.contains(id) else { throw ValidationError("Write the command first: loomkin \(id) …") }
        let nearest = nearestWord(to: id, in: commands).map { " Did you mean «\($0)»?" } ?? ""
        throw ValidationError("There is no command «\(id)».\(nearest) See «loomkin --help».")
    }

    func run() async throws {
        try self.refuseCommand()
        var project = try await Project.open(self.project, session: self.session)
        await project.load(isPrompt: !self.resume && Terminal.isThere)
        var model = await project.chosenModel()
        // A stored session brings its own.
        if model == nil, !self.resume { model = await LocalModels(project).choose() }
        guard model != nil || self.resume else {
            return try await Demo.playSample(noPage: self.noPage, reasons: await project.refusedKeys())
        }
        try project.checkProvider()
        project.liveConfiguration.update { $0.fallbackModel = model }
        let front = Terminal(project: project, servesPage: !self.noPage)
        try await front.run(session: self.resume ? .resume(self.id) : .new)
    }
}
