import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomSystem

/// One prompt without a person.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one prompt without a person and print the result.",
        discussion: """
            «-» reads the prompt from standard input. What would be asked is refused, since nobody can answer: allow it with --permissions \
            or with rules in the configuration. With --output stream-json every signal is one line, and the last is session.finished. \
            With --resume [ID] the prompt goes to a stored session: loomkin run --resume 01KB3F "go on".
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var session: SessionOptions

    @OptionGroup var resumption: ResumeOption

    @Option(name: .long, help: ArgumentHelp("The role of the first agent. Default: lead.", valueName: "role"))
    var role: String?

    @Option(name: .long, help: ArgumentHelp("text, json or stream-json.", valueName: "format"))
    var output = "text"

    @Option(name: .long, help: ArgumentHelp("Seconds after which everything is stopped (exit code 3).", valueName: "s"))
    var timeout: Double?

    /// 30 years, in seconds.
    private static let longest = 1e9

    @Argument(help: "What to do; - reads it from standard input.")
    var prompt: String

    @Argument(help: ArgumentHelp("The prompt, where the first word is the id of --resume.", visibility: .hidden))
    var rest: [String] = []

    private var isResumed: Bool { self.resumption.resume }

    func validate() throws {
        if !self.words.contains(where: { !$0.isWhitespace }) {
            throw ValidationError("The prompt is empty. Say what to do, or give «-» to read it from standard input.")
        }
        if self.isResumed, self.role != nil {
            throw ValidationError("--role is for a new session: the one that is resumed has its agents.")
        }
        if HeadlessRun.Output(rawValue: self.output) == nil {
            throw ValidationError("There is no output format «\(self.output)»: use text, json or stream-json.")
        }
        if let timeout, !(timeout > 0 && timeout <= Self.longest) {
            throw ValidationError("--timeout takes seconds above zero, up to \(Int(Self.longest)), not \(timeout).")
        }
    }

    /// One prompt, and behind `--resume` an id.
    private func validateWords() throws {
        guard !self.rest.isEmpty else {
            guard self.isResumed, self.prompt == Self.wordBehindResume, Self.isLikeID(self.prompt) else { return }
            throw ValidationError("Say what to do, too: loomkin run --resume \(self.prompt) \"go on\"")
        }
        guard self.isResumed, self.rest.count == 1 else {
            throw ValidationError("The prompt is one argument: put it into quotation marks.")
        }
        guard self.id != nil else { throw ValidationError("Write the id behind --resume, and the prompt elsewhere.") }
    }

    /// The word behind `--resume`, where the prompt is another.
    private var id: String? {
        guard let other = self.rest.first else { return nil }
        return [self.prompt, other].first { $0 == Self.wordBehindResume }
    }

    private static var wordBehindResume: String? {
        let arguments = Main.parted(CommandLine.arguments).prefix { $0 != "--" }
        return zip(arguments, arguments.dropFirst()).first { $0.0 == "--resume" }?.1
    }

    /// Somebody who gives an id and nothing to do has forgotten the prompt.
    private static func isLikeID(_ word: String) -> Bool {
        let isOfSuchLetters = word.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLetter) }
        return word == "latest" || word.count > 3 && isOfSuchLetters && word.contains(where: \.isNumber)
    }

    /// What is to be done, as it was typed.
    private var words: String { self.id == self.prompt ? self.rest.first ?? self.prompt : self.prompt }

    func run() async throws {
        // Behind an option that nobody knows, its value looks like a word: the parser tells of that first.
        try self.validateWords()
        let output = HeadlessRun.Output(rawValue: self.output) ?? .text
        var project = try await Project.open(self.project, session: self.session)
        await project.load()
        let role = self.role ?? "lead"
        // A role that names its own model needs no other.
        let own = project.plugins.catalog.role(role).flatMap { ModelName($0.model)?.description }
        let model = await project.chosenModel() ?? own
        // A stored session brings its own.
        guard model != nil || self.isResumed else {
            await HeadlessRun.fail(await project.noModel(), output: output, bus: project.bus)
            throw LoomREPL.ExitCode.modelUnavailable.status
        }
        project.liveConfiguration.update { $0.fallbackModel = model }
        try self.check(project, role)
        let prompt = try self.text()
        let workspace = try await project.workspace(
            frontEnd: "run", isInteractive: false, session: self.isResumed ? .resume(self.id) : .new, role: role)
        let run = HeadlessRun(
            workspace: workspace, output: output, prompt: prompt, timeout: self.timeout.map { .milliseconds(Int($0 * 1000)) })
        let watching = Task { [project, workspace] in await project.watch(workspace) }
        let code = await run.run()
        watching.cancel()
        throw ArgumentParser.ExitCode(code)
    }

    private func check(_ project: Project, _ role: String) throws {
        let roles = project.plugins.catalog.roles.map(\.name)
        guard roles.contains(role) else {
            throw ValidationError(absence(of: "role", role, among: roles))
        }
        try project.checkProvider()
    }

    private func text() throws -> String {
        let words = self.words
        guard words == "-" else { return words }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += block[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains(where: { !$0.isWhitespace }) else { throw ValidationError("Standard input held no prompt.") }
        return text
    }
}

extension LoomREPL.ExitCode {
    var status: ArgumentParser.ExitCode { ArgumentParser.ExitCode(self.rawValue) }
}
