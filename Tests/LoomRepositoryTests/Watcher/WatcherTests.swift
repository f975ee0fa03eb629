import LoomSystem
import Testing

@testable import LoomRepository

/// The watcher with a program that the test plays and a clock that the test moves.
@Suite(.timeLimit(.minutes(1))) struct WatcherTests {
    private let clock = ManualClock()
    private let processes: AsyncStream<ScriptedProcess>
    private let runner: ScriptedProcessRunner

    init() {
        let (processes, starting) = AsyncStream.makeStream(of: ScriptedProcess.self)
        self.processes = processes
        runner = ScriptedProcessRunner(start: { _ in
            let process = ScriptedProcess()
            starting.yield(process)
            return process
        })
    }

    private func makeWatcher(_ runner: ScriptedProcessRunner) -> Watcher {
        Watcher(folders: ["/p"], exclude: [".git"], runner: runner, clock: clock, program: "/bin/loomkin-watch")
    }

    /// A watcher that is ready, its program, and its changes.
    private func started() async throws -> (Watcher, ScriptedProcess, AsyncStream<Watcher.Change>.Iterator) {
        let watcher = makeWatcher(runner)
        async let start: Void = watcher.start()
        let process = try await nextProcess()
        process.emit("ready\n")
        try await start
        return (watcher, process, watcher.changes.makeAsyncIterator())
    }

    private func nextProcess() async throws -> ScriptedProcess {
        var iterator = processes.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    private func end(_ process: ScriptedProcess) {
        process.emitError("loomkin-watch: the disk is on fire\nmore\n")
        process.exit(.signalled(9))
    }

    @Test func `the program gets the folders and the names to leave out`() async throws {
        let (watcher, _, _) = try await started()
        #expect(runner.specs.map(\.command) == [.program("/bin/loomkin-watch", arguments: ["--exclude", ".git", "--", "/p"])])
        await watcher.stop()
    }

    @Test func `the events of a burst come as one change when it is quiet`() async throws {
        let (watcher, process, stream) = try await started()
        var changes = stream
        process.emit("create\t/p/a.tmp\nwrite\t/p/a.tmp\ndelete\t/p/a.tmp\nwrite\t/p/a\nwrite\t/p/a\ngone\t/p\n")
        // The last line is told at once, so all before it have been read.
        #expect(await changes.next() == .trouble(.gone(folder: "/p")))
        await clock.waitForSleepers()
        clock.advance(by: Burst.quiet)
        #expect(await changes.next() == .changed(["/p/a"]))
        process.emit("write\t/p/b\n")
        await clock.waitForSleepers()
        clock.advance(by: Burst.quiet)
        #expect(await changes.next() == .changed(["/p/b"]))
        await watcher.stop()
        #expect(await changes.next() == nil)
    }

    @Test func `lost events ask for a look at everything`() async throws {
        let (watcher, process, stream) = try await started()
        var changes = stream
        process.emit("overflow\n")
        #expect(await changes.next() == .rescan)
        process.emit("limit\t/p/deep\ngone\t/p\n")
        #expect(await changes.next() == .trouble(.limit(folder: "/p/deep")))
        #expect(await changes.next() == .trouble(.gone(folder: "/p")))
        await watcher.stop()
    }

    @Test func `a program that ends is started again, later each time, and a rescan follows`() async throws {
        let (watcher, first, stream) = try await started()
        var changes = stream
        end(first)
        let reason = "loomkin-watch ended with signal 9 (loomkin-watch: the disk is on fire)."
        #expect(await changes.next() == .trouble(.stopped(reason: reason)))
        await clock.waitForSleepers()
        clock.advance(by: Backoff.shortest)
        let second = try await nextProcess()
        second.emit("ready\n")
        #expect(await changes.next() == .rescan)
        end(second)
        #expect(await changes.next() == .trouble(.stopped(reason: reason)))
        await clock.waitForSleepers()
        clock.advance(by: Backoff.shortest)
        #expect(clock.sleepers == 1, "the second pause is longer than the first")
        clock.advance(by: Backoff.shortest)
        try await nextProcess().emit("ready\n")
        #expect(await changes.next() == .rescan)
        await watcher.stop()
    }

    @Test func `a program that can't be started is an error that says what to do`() async throws {
        let watcher = makeWatcher(
            ScriptedProcessRunner(start: { (spec) throws(ProcessError) in throw .notExecutable(program: "loomkin-watch") }))
        await #expect {
            try await watcher.start()
        } throws: { error in
            "\(error)" == "Files are not watched: loomkin-watch can't be run: it is not executable for this user. "
                + "Until this is solved, reload by hand."
        }
        await watcher.stop()
    }

    @Test func `a program that ends before it is ready is an error with its own words`() async throws {
        let watcher = makeWatcher(runner)
        let start = Task { try await watcher.start() }
        end(try await nextProcess())
        await #expect(throws: Watcher.Failure.failed(reason: "loomkin-watch ended with signal 9 (loomkin-watch: the disk is on fire).")) {
            try await start.value
        }
    }

    @Test func `the text about a missing program names the variable and the file`() {
        #expect(
            "\(Watcher.Failure.missingProgram)"
                == "Files are not watched: loomkin-watch was found neither beside this program nor in PATH. "
                + "Build it with «make build» («make .build/debug/loomkin-watch» after a «swift build» of your own), "
                + "or set LOOMKIN_WATCH to its path. Until then, reload by hand.")
    }
}
