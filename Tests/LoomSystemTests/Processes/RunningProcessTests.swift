import Glibc
import LoomSystem
import Testing

@Suite struct RunningProcessTests {
    private let runner = LiveProcessRunner()

    @Test func `a conversation goes line by line`() async throws {
        let process = try await runner.start(ProcessSpec(.shell("while read -r line; do echo \"got $line\"; done; echo bye >&2")))
        var lines = process.output.lines().makeAsyncIterator()
        for word in ["one", "two", "é"] {
            try await process.write(Array("\(word)\n".utf8))
            #expect(await lines.next() == Array("got \(word)".utf8))
        }
        process.closeInput()
        #expect(await lines.next() == nil)
        #expect(await process.waitForExit() == .exited(0))
        #expect(process.errorOutput.text == "bye\n")
        await #expect(throws: ProcessError.inputClosed(program: "/bin/sh")) { try await process.write([1]) }
    }

    @Test func `closing the handle ends the group`() async throws {
        var process: (any RunningProcess)? = try await runner.start(ProcessSpec(.shell("sleep 1000 & echo $!; wait")))
        let output = try #require(process?.output)
        let identity = try #require(process?.identity)
        var lines = output.lines().makeAsyncIterator()
        _ = await lines.next()
        process = nil
        // The output ends when the last process that holds the pipe is gone.
        #expect(await lines.next() == nil)
        #expect(!identity.isRunning)
    }

    @Test func `a reader that waits makes the process wait, and nothing is lost`() async throws {
        let process = try await runner.start(ProcessSpec(.shell("seq 1 300000; echo done >&2")))
        var bytes: [UInt8] = []
        for await chunk in process.output {
            bytes += chunk
            await Task.yield()
        }
        #expect(bytes.count == 1_988_895)
        #expect(await process.waitForExit() == .exited(0))
        #expect(process.errorOutput.text == "done\n")
    }

    @Test func `a process that takes no input finds it empty, and not a pipe`() async throws {
        var spec = ProcessSpec(.shell("test -p /dev/stdin && echo a pipe; cat; echo end"))
        spec.takesInput = false
        let process = try await runner.start(spec)
        #expect(await process.output.collect() == Array("end\n".utf8))
        await #expect(throws: ProcessError.inputClosed(program: "/bin/sh")) { try await process.write([1]) }
    }

    @Test func `a process that nobody reads can be stopped`() async throws {
        let process = try await runner.start(ProcessSpec(.shell("yes")))
        process.stop()
        #expect(await process.waitForExit() == .signalled(SIGTERM))
    }

    @Test func `a process ends although nobody reads its last output`() async throws {
        let process = try await runner.start(ProcessSpec(.shell("seq 1 1000")))
        #expect(await process.waitForExit() == .exited(0))
        #expect(await process.output.collect().count == 3_893)
    }

    @Test func `waiting can be cancelled without harm to the process`() async throws {
        let process = try await runner.start(ProcessSpec(.program("cat", arguments: [])))
        let task = Task { await process.waitForExit() }
        task.cancel()
        #expect(await task.value == nil)
        try await process.write(Array("still here\n".utf8))
        var lines = process.output.lines().makeAsyncIterator()
        #expect(await lines.next() == Array("still here".utf8))
    }

    @Test func `what can't be started is told at the start`() async {
        await #expect(throws: ProcessError.notFound(program: "no-such-program")) {
            try await runner.start(ProcessSpec(.program("no-such-program", arguments: [])))
        }
    }
}

@Suite struct ScriptedProcessTests {
    @Test func `runs are answered and kept`() async throws {
        let runner = ScriptedProcessRunner { spec in ProcessResult(output: CapturedOutput("ran \(spec.name)")) }
        let result = try await runner.run(ProcessSpec(.program("git", arguments: ["status"])))
        #expect(result.output.text == "ran git")
        #expect(runner.specs.map(\.command) == [.program("git", arguments: ["status"])])
        await #expect(throws: ProcessError.notFound(program: "git")) { try await runner.start(ProcessSpec(.program("git", arguments: []))) }
    }

    @Test func `a long-lived process is played`() async throws {
        let played = ScriptedProcess()
        let runner = ScriptedProcessRunner(start: { _ in played })
        let process = try await runner.start(ProcessSpec(.shell("watch")))
        var input = played.input.makeAsyncIterator()
        try await process.write([1, 2])
        #expect(await input.next() == [1, 2])
        played.emit("a\nb\n")
        played.emitError("warning")
        played.exit(.exited(2))
        var lines = process.output.lines().makeAsyncIterator()
        #expect(await lines.next() == [UInt8(ascii: "a")])
        #expect(await lines.next() == [UInt8(ascii: "b")])
        #expect(await lines.next() == nil)
        #expect(await process.waitForExit() == .exited(2))
        #expect(process.errorOutput.text == "warning")
        await #expect(throws: ProcessError.self) { try await process.write([1]) }
    }
}
