import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomSystem

/// The bundled sample session, on the scripted model.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Play the sample session: a team repairs a bug, offline, on a model that needs no key.",
        discussion: "It works on a temporary copy and exits with 0 only if the sample's own test passes at the end.")

    @Flag(name: .long, help: "Serve the status page meanwhile, and afterwards until Ctrl-C.")
    var page = false

    static let prompt = "The test in test.sh fails. Find out why and repair it."

    func run() async throws {
        let copy = try await SampleCopy.make()
        defer { copy.remove() }
        let project = try await Self.open(copy, permissions: "full")
        project.liveConfiguration.update { $0.notices = [] }
        let workspace = try await project.workspace(frontEnd: "demo", isInteractive: false)
        let page = self.page ? await PageTask.start(workspace, port: project.configuration.pagePort) : nil
        if let page { say("page  \(page.address)") }
        let transcript = Transcript(workspace: workspace)
        _ = await transcript.play(Self.prompt)
        let passed = await copy.testPasses()
        say(passed ? "The sample's test passes." : "The sample's test still fails.")
        if let page {
            say("The page stays up. Ctrl-C ends it.")
            await Self.waitForInterrupt()
            page.stop()
        }
        await workspace.close()
        copy.remove()
        throw (passed ? Status.done : Status.failed).code
    }

    /// What `loomkin` alone does when there is no model: the same session, with the questions that a person would be asked.
    /// - Parameter reasons: why a key that was given is of no use.
    static func playSample(noPage: Bool, reasons: [String]) async throws {
        let copy = try await SampleCopy.make()
        defer { copy.remove() }
        let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
        let project = try await Self.open(copy, permissions: isTerminal ? "ask" : "full")
        say("No model is configured: set a key such as ANTHROPIC_API_KEY, or name one with --model PROVIDER:MODEL.")
        reasons.forEach(say)
        say("This is the sample session, played by the scripted model on a temporary copy. Type /quit to leave.")
        guard isTerminal else {
            let workspace = try await project.workspace(frontEnd: "demo", isInteractive: false)
            let finished = await Transcript(workspace: workspace).play(Self.prompt)
            await workspace.close()
            copy.remove()
            throw LoomREPL.ExitCode(finished.outcome, modelFailed: false).status
        }
        try await Terminal(project: project, servesPage: !noPage).run(session: .new, first: Self.prompt) { copy.remove() }
    }

    private static func open(_ copy: SampleCopy, permissions: String) async throws -> Project {
        var options = ProjectOptions()
        options.directory = copy.folder
        var project = try await Project.open(
            options,
            flags: [("model.default", "scripted:sample", "the sample"), ("permissions.preset", permissions, "the sample")])
        await project.load()
        return project
    }

    private static func waitForInterrupt() async {
        let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self)
        let signals = ProcessSignals([SIGINT, SIGTERM, SIGHUP]) { _ in continuation.yield() }
        for await _ in interrupts { break }
        withExtendedLifetime(signals) {}
    }
}

/// A temporary copy of the sample project.
struct SampleCopy {
    let folder: String

    static func make() async throws -> SampleCopy {
        let files = LiveFileSystem()
        let installation = try Installation.find(environment: Environment.all, files: files)
        let base = Environment.all["TMPDIR"] ?? "/tmp"
        let folder = "\(base)/loomkin-sample-\(Hash.token(bytes: 6))"
        do {
            try files.makeDirectory(folder)
            for entry in try files.list(installation.sample) where entry.kind == .file {
                try files.write(try files.read(installation.sample + "/" + entry.name), to: folder + "/" + entry.name)
            }
        } catch {
            throw Failure("The sample could not be copied to \(folder): \(error)")
        }
        return SampleCopy(folder: folder)
    }

    func testPasses() async -> Bool {
        let spec = ProcessSpec(.program("sh", arguments: ["test.sh"]), workingDirectory: self.folder, timeout: .seconds(60))
        return (try? await LiveProcessRunner().run(spec))?.succeeded ?? false
    }

    func remove() { try? LiveFileSystem().remove(self.folder, recursively: true) }
}
