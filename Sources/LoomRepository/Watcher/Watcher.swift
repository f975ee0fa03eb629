package import LoomSystem

/// Says which files below some folders have changed.
///
/// The watching is done by `loomkin-watch`, a process of its own. When that ends it is started again, a little later each
/// time it does not last, and since nobody knows what was missed meanwhile, `rescan` follows.
///
///     let watcher = Watcher(folders: [pluginFolder], runner: runner, clock: clock)
///     try await watcher.start()
///     for await change in watcher.changes { ... }
///
/// Start first and look at the files second: then nothing falls between the two.
package actor Watcher {
    package enum Change: Sendable, Hashable {
        /// These paths were made, written or deleted, perhaps several times. They begin as the folders were given.
        /// Whoever cares compares content: a file that was only touched is here too.
        case changed(Set<String>)
        /// Anything may have changed: look at everything.
        case rescan
        /// Watching works less well, or not at all for now.
        case trouble(Trouble)
    }

    package enum Trouble: Sendable, Hashable, CustomStringConvertible {
        /// The system gives no more watches; this folder, and perhaps others, is not watched.
        case limit(folder: String)
        /// A folder to watch is not there. When it comes back it is watched again and reported as changed.
        case gone(folder: String)
        /// The program ended and will be started again.
        case stopped(reason: String)

        package var description: String {
            switch self {
            case .limit(let folder):
                "Changes in \(folder) may go unnoticed: all inotify watches are used up. "
                    + "Raise the number with: sudo sysctl fs.inotify.max_user_watches=524288"
            case .gone(let folder): "\(folder) is not there; it will be watched as soon as it is."
            case .stopped(let reason): "Changes go unnoticed for a moment: \(reason) It is being started again."
            }
        }
    }

    /// Why watching did not begin. The rest of the program can go on without.
    package enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case missingProgram
        case failed(reason: String)

        package var description: String {
            switch self {
            case .missingProgram:
                "Files are not watched: \(WatchProgram.name) was found neither beside this program nor in PATH. Build it "
                    + "with «make build» («make .build/debug/\(WatchProgram.name)» after a «swift build» of your own), or set "
                    + "\(WatchProgram.variable) to its path. Until then, reload by hand."
            case .failed(let reason): "Files are not watched: \(reason) Until this is solved, reload by hand."
            }
        }
    }

    /// Folders full of files that nobody edits.
    package static let usualExclusions = [".git", "node_modules", ".build"]

    /// One stream for one reader. It ends after `stop`.
    package nonisolated let changes: AsyncStream<Change>

    private let arguments: [String]
    /// The folders of single files, and what is reported of them: those files, and folders that are watched for themselves.
    private let flat: Set<String>
    private let singled: Set<String>
    private let chosenProgram: String?
    private let runner: any ProcessRunner
    private let clock: any WallClock
    private let mailbox: ChangeMailbox
    private var supervisor: Task<Void, Never>?
    private var starting: CheckedContinuation<Failure?, Never>?
    private var burst = Burst()

    /// - Parameters:
    ///   - folders: watched with everything below. One that is a symbolic link is followed.
    ///   - files: watched too, each by the folder it is in, whose other files are not reported.
    ///   - exclude: names of folders that are left out, wherever they stand.
    ///   - program: the path of `loomkin-watch`; nil looks for it in the usual places.
    package init(
        folders: [String], files: [String] = [], exclude: [String] = usualExclusions, runner: any ProcessRunner, clock: any WallClock,
        program: String? = nil
    ) {
        let flat = Set(files.map { FilePath.parent(of: $0) })
        arguments =
            exclude.flatMap { ["--exclude", $0] } + flat.sorted().flatMap { ["--flat", $0] } + ["--"] + folders
        self.flat = flat
        singled = Set(files + folders)
        chosenProgram = program
        self.runner = runner
        self.clock = clock
        let mailbox = ChangeMailbox()
        self.mailbox = mailbox
        changes = AsyncStream { await mailbox.take() }
    }

    /// Returns when everything is watched; what changes from now on is reported. It watches until `stop`.
    package func start() async throws(Failure) {
        guard supervisor == nil else { return }
        guard let program = chosenProgram ?? WatchProgram.find(files: LiveFileSystem()) else { throw .missingProgram }
        let failure = await withCheckedContinuation { continuation in
            starting = continuation
            supervisor = Task { await supervise(program) }
        }
        if let failure {
            supervisor = nil
            throw failure
        }
    }

    /// Ends the watching and, after what is still there to read, the stream of changes.
    package func stop() async {
        supervisor?.cancel()
        await supervisor?.value
        mailbox.close()
    }

    private func supervise(_ program: String) async {
        var backoff = Backoff()
        while !Task.isCancelled {
            let began = clock.uptime
            let reason = await run(program)
            if let starting {
                self.starting = nil
                return starting.resume(returning: .failed(reason: reason))
            }
            guard !Task.isCancelled else { return }
            mailbox.put(.trouble(.stopped(reason: reason)))
            try? await clock.sleep(for: backoff.next(afterRunning: clock.uptime - began))
        }
    }

    /// Runs the program once and returns a sentence that says why it ended.
    private func run(_ program: String) async -> String {
        let process: any RunningProcess
        do throws(ProcessError) {
            process = try await runner.start(ProcessSpec(.program(program, arguments: arguments)))
        } catch {
            return "\(error)"
        }
        for await line in process.output.lines() {
            if let line = WatchLine(line) { handle(line) }
        }
        process.stop()
        // Not in this task, which `stop` cancels: when `stop` returns, the process is gone.
        let end = await Task { await process.waitForExit() }.value.map { "\($0)" } ?? "no exit status"
        let words = process.errorOutput.text.split(whereSeparator: \.isNewline).first.map { " (\($0))" } ?? ""
        return "\(WatchProgram.name) ended with \(end)\(words)."
    }

    private func handle(_ line: WatchLine) {
        switch line {
        case .ready:
            guard let starting else { return mailbox.put(.rescan) }
            self.starting = nil
            starting.resume(returning: nil)
        case .changed(let path):
            guard !EditorDropping.matches(name: path[...].lastPart) else { return }
            guard singled.contains(path) || !flat.contains(FilePath.parent(of: path)) else { return }
            let begins = burst.deadline == nil
            burst.add(path, at: clock.uptime)
            if begins { Task { await passOn() } }
        case .overflow: mailbox.put(.rescan)
        case .limit(let folder): mailbox.put(.trouble(.limit(folder: folder)))
        case .gone(let folder): mailbox.put(.trouble(.gone(folder: folder)))
        }
    }

    /// Waits for the end of the burst, which every further event may put off.
    private func passOn() async {
        while let deadline = burst.deadline, deadline > clock.uptime {
            guard (try? await clock.sleep(for: deadline - clock.uptime)) != nil else { break }
        }
        mailbox.put(.changed(burst.take()))
    }
}
