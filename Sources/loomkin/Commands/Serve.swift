import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomSystem
import LoomWeb

/// The page without a terminal.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the status page without a terminal.",
        discussion: "The first line it prints is the page's address with its token. It ends on Ctrl-C or a TERM signal.")

    @OptionGroup var project: ProjectOptions
    @OptionGroup var session: SessionOptions

    @Option(name: .long, help: ArgumentHelp("First port to try; 0 takes any free one.", valueName: "n"))
    var port: Int?

    @Flag(name: .long, inversion: .prefixedNo, help: "Open the page in the browser.")
    var open = true

    @OptionGroup var resumption: ResumeOption

    @Argument(help: ArgumentHelp("The session to resume, with --resume.", visibility: .hidden))
    var id: String?

    private var resume: Bool { self.resumption.resume }

    func validate() throws {
        if let id, !self.resume { throw ValidationError("Unexpected argument «\(id)». To go on with a session: --resume \(id)") }
        if let port, !StatusPage.ports.contains(port) {
            throw ValidationError("--port takes a number from 0 to \(StatusPage.ports.upperBound), not \(port).")
        }
    }

    func run() async throws {
        var project = try await Project.open(self.project, session: self.session)
        await project.load()
        let model = await project.chosenModel()
        // A stored session brings its own.
        guard model != nil || self.resume else {
            for line in await project.noModel() { writeError(line) }
            throw LoomREPL.ExitCode.modelUnavailable.status
        }
        try project.checkProvider()
        project.liveConfiguration.update { $0.fallbackModel = model }
        let workspace = try await project.workspace(
            frontEnd: "page", isInteractive: true, session: self.resume ? .resume(self.id) : .new)
        // The page tells them too; who starts it in a script may never look there.
        for notice in project.configuration.notices { writeError("loomkin: \(notice)") }
        let page = StatusPage(workspace: workspace, port: self.port ?? project.configuration.pagePort)
        let opens = self.open && isatty(STDOUT_FILENO) == 1
        let serving = Task {
            try await page.run { address, once in
                say(address)
                if opens { Browser.open(once, by: LiveProcessRunner()) }
            }
        }
        let ended = ProcessSignals([SIGINT, SIGTERM, SIGHUP]) { _ in serving.cancel() }
        let watching = Task { [project] in await project.watch(workspace) }
        Settling.begin(project.plugins, project.ports.clock)
        defer { watching.cancel() }
        do {
            try await serving.value
        } catch {
            await workspace.close()
            throw Failure("\(error)")
        }
        withExtendedLifetime(ended) {}
        await workspace.close()
    }
}
