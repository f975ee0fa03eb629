import Glibc
import LoomSystem
import Testing

@testable import LoomRepository

/// The watcher with the built program on real folders.
@Suite(.timeLimit(.minutes(1))) struct WatcherEndToEndTests {
    private let files = LiveFileSystem()

    /// Tells which processes were started.
    private final class TellingRunner: ProcessRunner {
        let identities: AsyncStream<ProcessIdentity>
        private let telling: AsyncStream<ProcessIdentity>.Continuation
        private let runner = LiveProcessRunner()

        init() {
            (identities, telling) = AsyncStream.makeStream(of: ProcessIdentity.self)
        }

        func run(_ spec: ProcessSpec, onOutput: (@Sendable (OutputChunk) -> Void)?) async throws(ProcessError) -> ProcessResult {
            try await runner.run(spec, onOutput: onOutput)
        }

        func start(_ spec: ProcessSpec) async throws(ProcessError) -> any RunningProcess {
            let process = try await runner.start(spec)
            telling.yield(process.identity)
            return process
        }
    }

    @Test func `of a single file's folder nothing else is told, and nothing deeper is watched`() async throws {
        try await withTemporaryFolder { folder in
            try write(["p/deep/c.lua": "one", "top/x": "one"], in: folder)
            let watcher = Watcher(
                folders: ["\(folder)/p", "\(folder)/later"], files: ["\(folder)/settings"], runner: LiveProcessRunner(), clock: LiveClock())
            try await watcher.start()
            var changes = watcher.changes.makeAsyncIterator()
            #expect(await changes.next() == .trouble(.gone(folder: "\(folder)/later")))

            try write(["other": "two", "top/x": "two", "settings": "one"], in: folder)
            #expect(await changes.next() == .changed(["\(folder)/settings"]))
            try write(["other": "three", "p/deep/c.lua": "two"], in: folder)
            #expect(await changes.next() == .changed(["\(folder)/p/deep/c.lua"]))
            // A folder that is watched for itself is told also where the one around it is watched for a file.
            try files.makeDirectory("\(folder)/later")
            #expect(await changes.next() == .changed(["\(folder)/later"]))
            await watcher.stop()
        }
    }

    @Test func `a watcher that is killed comes back, asks for a rescan, and sees what comes then`() async throws {
        try await withTemporaryFolder { folder in
            let runner = TellingRunner()
            let watcher = Watcher(folders: [folder], runner: runner, clock: LiveClock())
            try await watcher.start()
            var changes = watcher.changes.makeAsyncIterator()
            var identities = runner.identities.makeAsyncIterator()

            try write(["a": "one"], in: folder)
            #expect(await changes.next() == .changed(["\(folder)/a"]))

            let first = try #require(await identities.next())
            #expect(kill(first.pid, SIGKILL) == 0)
            #expect(await changes.next() == .trouble(.stopped(reason: "loomkin-watch ended with signal 9.")))
            #expect(await changes.next() == .rescan)

            try write(["b": "two"], in: folder)
            #expect(await changes.next() == .changed(["\(folder)/b"]))

            let second = try #require(await identities.next())
            await watcher.stop()
            #expect(await changes.next() == nil)
            #expect(!second.isRunning)
        }
    }
}
