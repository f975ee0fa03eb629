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

    @OptionGroup var resumption: ResumeOption

    @Flag(name: .customLong("no-page"), help: "Do not serve the status page.")
    var noPage = false

    @Argument(help: ArgumentHelp("The session to resume, with --resume.", visibility: .hidden))
    var words: [String] = []

    private var resume: Bool { self.resumption.resume }

    /// What was typed first is meant as a command, whatever follows. Behind an option an unknown one is told of first.
    func validate() throws {
        if let word = self.words.first, CommandLine.arguments.dropFirst().first == word { try self.refuseCommand() }
    }

    private func refuseCommand() throws {
        guard let word = self.words.first, !self.resume || self.words.count > 1 else { return }
        let isFirst = CommandLine.arguments.dropFirst().first == word
        if self.resume, !isFirst {
            let rest = Self.quoted(Array(self.words.dropFirst()))
            throw Failure("--resume takes one id. For one prompt without a person: loomkin run --resume \(word) \(rest)", status: .usage)
        }
        let commands = Help.names
        guard !commands.contains(word) else { throw Failure("Write the command first: loomkin \(word) …", status: .usage) }
        // Somebody's own words are no mistake for a command.
        let nearest = word.contains(where: \.isWhitespace) ? nil : nearestWord(to: word, in: commands)
        let hint = nearest.map { "Did you mean «\($0)»? " } ?? ""
        let run = "For one prompt without a person: loomkin run \(Self.quoted(self.words))."
        throw Failure("There is no command «\(word)». \(hint)\(run) See «loomkin --help».", status: .usage)
    }

    /// What was typed as one word of a shell.
    private static func quoted(_ words: [String]) -> String {
        let text = words.joined(separator: " ")
        return text.contains(where: { "\"\\$`!".contains($0) }) ? "'\(text.replacing("'", with: "'\\''"))'" : "\"\(text)\""
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
        try await front.run(session: self.resume ? .resume(self.words.first) : .new)
    }
}
