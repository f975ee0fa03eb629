import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomSystem
import LoomWeb

/// The REPL with the page beside it.
struct Terminal {
    let project: Project
    let servesPage: Bool

    static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Ends the process with the session's exit code.
    /// - Parameter first: sent to the lead before anything is typed.
    func run(session: SessionChoice, first: String? = nil, atEnd: () -> Void = {}) async throws -> Never {
        let isTerminal = Self.isThere
        let workspace = try await self.project.workspace(frontEnd: "repl", isInteractive: true, session: session)
        // Whoever types first need not wait for it.
        async let serving = self.servesPage && isTerminal ? PageTask.start(workspace, port: self.project.configuration.pagePort) : nil
        var options = REPLOptions(version: Loomkin.version, folder: self.folder)
        options.historyFile = self.project.directory + "/.loomkin/history"
        let repl: REPL
        do {
            repl = try await REPL.open(workspace, options)
        } catch {
            throw Failure("\(error)")
        }
        let watching = Task { [project] in
            await project.plugins.loadRest()
            await project.watch(workspace)
        }
        // A hang-up or TERM ends like /quit, but says in the exit code that it was one.
        let ended = ProcessSignals([SIGTERM, SIGHUP]) { number in
            Task {
                await workspace.close()
                exit(128 + number)
            }
        }
        let page = await serving
        Settling.begin(self.project.plugins, self.project.ports.clock)
        let code = await repl.run(first: first, page: page?.address)
        withExtendedLifetime(ended) {}
        watching.cancel()
        page?.stop()
        await workspace.close()
        atEnd()
        if first == nil, isTerminal, code != 0 || workspace.services.store.isPersistent {
            say("Resume with: loomkin --resume \(workspace.session.description.prefix(10))")
        }
        exit(code)
    }

    private var folder: String {
        let home = self.project.ports.environment["HOME"] ?? ""
        guard !home.isEmpty, let below = FilePath.relative(self.project.directory, to: home) else { return self.project.directory }
        return below.isEmpty ? "~" : "~/" + below
    }
}

/// The status page in the background.
struct PageTask {
    let address: String
    private let task: Task<Void, Never>

    /// Nil when it could not be served; a notice says why, and the rest goes on.
    static func start(_ workspace: Workspace, port: Int) async -> PageTask? {
        let page = StatusPage(workspace: workspace, port: port)
        let (ready, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            do {
                try await page.run { address, _ in continuation.yield(address) }
            } catch {
                _ = try? await workspace.services.store.publish(Notice(level: "warning", text: "\(error)"), source: "kernel")
            }
            continuation.finish()
        }
        for await address in ready { return PageTask(address: address, task: task) }
        return nil
    }

    func stop() { self.task.cancel() }
}
