import Glibc
import LoomSystem
import Synchronization
import Testing

/// Whole groups end. Each script prints the pids whose end is then checked; sleeps of a thousand seconds never run out.
@Suite struct ProcessGroupTests {
    private let runner = LiveProcessRunner()

    private func pids(_ result: ProcessResult) -> [Int32] {
        result.output.text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    }

    /// A zombie that its new parent has not collected yet is dead as well.
    private func isAlive(_ pid: Int32) -> Bool {
        guard let stat = try? LiveFileSystem().read("/proc/\(pid)/stat") else { return false }
        let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        return fields?.first != "Z" && fields?.first != "X"
    }

    @Test func `a timeout ends the program and its children`() async throws {
        let spec = ProcessSpec(.shell("sleep 1000 & echo $$ $!; wait"), timeout: .seconds(2))
        let result = try await runner.run(spec)
        #expect(result.stop == .timedOut)
        #expect(result.termination == .signalled(SIGTERM))
        #expect(pids(result).count == 2)
        for pid in pids(result) { #expect(!isAlive(pid)) }
    }

    @Test func `a timeout ends those that ignore TERM`() async throws {
        let script = "trap '' TERM; (trap '' TERM; echo $$; while :; do sleep 1000; done) & echo $$ $!; while :; do sleep 1000; done"
        let result = try await runner.run(ProcessSpec(.shell(script), timeout: .seconds(2), grace: .milliseconds(50)))
        #expect(result.stop == .timedOut)
        #expect(result.termination == .signalled(SIGKILL))
        for pid in pids(result) { #expect(!isAlive(pid)) }
    }

    @Test func `a grandchild that ignores TERM does not outlive a leader that obeys it`() async throws {
        let script = "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1000; done' & wait"
        let result = try await runner.run(ProcessSpec(.shell(script), timeout: .seconds(2), grace: .milliseconds(50)))
        #expect(result.stop == .timedOut)
        #expect(result.termination == .signalled(SIGTERM))
        #expect(pids(result).count == 1)
        for pid in pids(result) { #expect(!isAlive(pid)) }
    }

    @Test(arguments: [
        "sleep 1000 & echo $!", "(trap '' TERM; while :; do sleep 1000; done) & echo $!", "sleep 1000 >/dev/null 2>&1 & echo $!",
        "nohup sleep 1000 & echo $!",
    ])
    func `a background child neither delays the end nor survives it`(script: String) async throws {
        let result = try await runner.run(ProcessSpec(.shell(script), grace: .milliseconds(50)))
        #expect(result.succeeded)
        #expect(pids(result).count == 1)
        for pid in pids(result) { #expect(!isAlive(pid)) }
    }

    @Test func `a child that left the group but holds the pipe does not delay the end`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("setsid sleep 1000 & echo $!; sleep 0.1")))
        #expect(result.succeeded)
        // It got away, as documented: we end it here.
        for pid in pids(result) { kill(pid, SIGKILL) }
    }

    @Test func `a stopped program is ended too`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("kill -STOP $$"), timeout: .seconds(1)))
        #expect(result.stop == .timedOut)
        #expect(result.termination == .signalled(SIGTERM))
    }

    @Test func `cancelling the task ends the group and gives what was written`() async throws {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await runner.run(ProcessSpec(.shell("sleep 1000 & echo $$ $!; wait"))) { _ in continuation.yield() }
        }
        for await _ in started { break }
        task.cancel()
        let result = try await task.value
        #expect(result.stop == .cancelled)
        #expect(pids(result).count == 2)
        for pid in pids(result) { #expect(!isAlive(pid)) }
    }

    @Test func `a cancelled task starts nothing`() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await runner.run(ProcessSpec(.shell("echo no")))
        }
        await #expect(throws: ProcessError.cancelled(program: "/bin/sh")) { try await task.value }
    }

    @Test func `tasks cancelled at any moment end`() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    let task = Task { try await LiveProcessRunner().run(ProcessSpec(.shell("sleep 1000"))) }
                    for _ in 0..<Int.random(in: 0...300) { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
    }

    @Test func `what an earlier run left is found by its mark and killed whole, and nothing else is`() async throws {
        let mark = "run-\(Hash.token(bytes: 8))"
        func start(_ value: String) async throws -> (process: any RunningProcess, child: Int32) {
            // The child has lost the mark; its group has not.
            let spec = ProcessSpec(
                .shell("env -i sleep 1000 & echo $!; wait"), environment: ["LEFTOVER": value, "PATH": "/usr/bin:/bin"])
            let process = try await runner.start(spec)
            var lines = process.output.lines().makeAsyncIterator()
            return (process, try #require(await lines.next().flatMap { Int32(String(decoding: $0, as: UTF8.self)) }))
        }
        let marked = try await start(mark)
        let other = try await start(mark + "0")
        Leftovers.kill(setting: "LEFTOVER", mark)
        #expect(await marked.process.waitForExit() == .signalled(SIGKILL))
        #expect(!isAlive(marked.child))
        #expect(isAlive(other.child))
        #expect(other.process.identity.isRunning)
        other.process.stop()
        _ = await other.process.waitForExit()
    }
}
