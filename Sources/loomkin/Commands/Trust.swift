import ArgumentParser
import Glibc
import LoomKernel
import LoomREPL
import LoomSystem

/// Shows what the project's own files would run, send or widen, and trusts exactly that content.
struct Trust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "Show what the project's own files would run, and trust exactly that content.",
        discussion: """
            Until a project is trusted, its plugins, roles and prompts are not loaded, and nothing in its .loomkin.toml counts that could \
            run, send or widen anything. Any later change to these files asks again.
            """)

    @OptionGroup var project: ProjectOptions

    @Flag(name: .long, help: "Trust without asking.")
    var yes = false

    @Flag(name: .long, help: "Take the trust back.")
    var revoke = false

    func run() async throws {
        let ports = Ports()
        guard let directory = try? ports.files.realPath(self.project.directory), ports.files.isDirectory(directory) else {
            throw ValidationError("There is no folder \(self.project.directory).")
        }
        let trust = ProjectTrust(
            directory: directory, stateDirectory: UserFolders(environment: ports.environment).state, files: ports.files)
        if self.revoke {
            try self.store { try trust.set(nil) }
            return say("\(directory) is not trusted any more.")
        }
        let items = trust.items()
        guard !items.isEmpty else { return say("\(directory) has no files of its own that would run, send or widen anything.") }
        // A name with line ends in it would stand there as if it were several.
        for item in items { say("\(item.path.shown)  \(item.power)  sha256 \(item.hash.prefix(12))…") }
        if trust.isTrusted(items) { return say("This content is trusted.") }
        guard self.yes || self.confirmed() else {
            say("Nothing was trusted.")
            throw Status.failed.code
        }
        try self.store { try trust.set(items) }
        say("Trusted. Any change to these files asks again.")
    }

    private func confirmed() -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            writeError("Not trusted: nobody can be asked here. Look at the files, then call «loomkin trust --yes».")
            return false
        }
        say("Trust exactly this content? [y/N]")
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }

    private func store(_ body: () throws -> Void) throws {
        do { try body() } catch { throw Failure("The trust could not be stored: \(error)") }
    }
}
