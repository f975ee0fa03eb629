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
            or with rules in the configuration. With --output stream-json every signal is one line, and the last is session.finished.
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var session: SessionOptions

    @Option(name: .long, help: ArgumentHelp("The role of the first agent.", valueName: "role"))
    var role = "lead"

    @Option(name: .long, help: ArgumentHelp("text, json or stream-json.", valueName: "format"))
    var output = "text"

    @Option(name: .long, help: ArgumentHelp("Seconds after which everything is stopped (exit code 3).", valueName: "s"))
    var timeout: Double?

    /// 30 years, in seconds.
    private static let longest = 1e9

    @Argument(help: "What to do; - reads it from standard input.")
    var prompt: String

    func validate() throws {
        if HeadlessRun.Output(rawValue: self.output) == nil {
            throw ValidationError("There is no output format «\(self.output)»: use text, json or stream-json.")
        }
        if let timeout, !(timeout > 0 && timeout <= Self.longest) {
            throw ValidationError("--timeout takes seconds above zero, up to \(Int(Self.longest)), not \(timeout).")
        }
    }

    func run() async throws {
        let output = HeadlessRun.Output(rawValue: self.output) ?? .text
        var project = try await Project.open(self.project, session: self.session)
        await project.load()
        // A role that names its own model needs no other.
        let own = project.plugins.catalog.role(self.role).flatMap { ModelName($0.model)?.description }
        guard let model = await project.chosenModel() ?? own else {
            await HeadlessRun.fail(await project.noModel(), output: output, bus: project.bus)
            throw LoomREPL.ExitCode.modelUnavailable.status
        }
        project.liveConfiguration.update { $0.fallbackModel = model }
        try self.check(project)
        let prompt = try self.text()
        let workspace = try await project.workspace(frontEnd: "run", isInteractive: false, role: self.role)
        let run = HeadlessRun(
            workspace: workspace, output: output, prompt: prompt, timeout: self.timeout.map { .milliseconds(Int($0 * 1000)) })
        let watching = Task { [project, workspace] in await project.watch(workspace) }
        let code = await run.run()
        watching.cancel()
        throw ArgumentParser.ExitCode(code)
    }

    private func check(_ project: Project) throws {
        let roles = project.plugins.catalog.roles.map(\.name)
        guard roles.contains(self.role) else {
            throw ValidationError(absence(of: "role", self.role, among: roles))
        }
        try project.checkProvider()
    }

    private func text() throws -> String {
        guard self.prompt == "-" else { return self.prompt }
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
