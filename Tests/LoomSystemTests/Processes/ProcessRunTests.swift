import Glibc
import LoomSystem
import Synchronization
import Testing

@Suite struct ProcessRunTests {
    private let runner = LiveProcessRunner()

    @Test func `a program gives its output, its errors and its status`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("echo out; echo err >&2; exit 3")))
        #expect(result.output.text == "out\n")
        #expect(result.errorOutput.text == "err\n")
        #expect(result.termination == .exited(3))
        #expect(result.stop == nil)
        #expect(!result.succeeded)
    }

    @Test func `arguments, environment and directory arrive as given`() async throws {
        let directory = try TemporaryDirectory()
        let spec = ProcessSpec(
            .program("sh", arguments: ["-c", "printf '%s|' \"$@\" \"$X\" \"$PWD\" \"$HOME\"", "sh", "a b", "", "*", "é"]),
            environment: ["X": "1 = 2", "PATH": "/usr/bin:/bin"], workingDirectory: directory.path)
        let result = try await runner.run(spec)
        #expect(result.output.text == "a b||*|é|1 = 2|\(directory.path)||")
        let inherited = try await runner.run(ProcessSpec(.program("sh", arguments: ["-c", "printf %s \"$PATH\""])))
        #expect(inherited.output.text == Environment.all["PATH"])
    }

    @Test func `merged output keeps the order of arrival`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("echo 1; echo 2 >&2; echo 3"), errorOutput: .merged))
        #expect(result.output.text == "1\n2\n3\n")
        #expect(result.errorOutput.total == 0)
    }

    @Test func `input is given and then closed`() async throws {
        let input = [UInt8](repeating: 120, count: 3_000_000)
        let result = try await runner.run(ProcessSpec(.shell("wc -c"), input: input))
        #expect(result.output.text.split(separator: " ").first.map(String.init)?.hasPrefix("3000000") == true)
        let none = try await runner.run(ProcessSpec(.program("cat", arguments: [])))
        #expect(none.output.total == 0)
        let early = try await runner.run(ProcessSpec(.shell("head -c 2"), input: input))
        #expect(early.output.text == "xx")
    }

    @Test func `the signal that ended a program is told`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("kill -SEGV $$")))
        #expect(result.termination == .signalled(SIGSEGV))
    }

    @Test func `a child starts with default signals and none blocked`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("grep -E '^Sig(Blk|Ign)' /proc/self/status")))
        let masks = result.output.text.split(separator: "\n").map { UInt64($0.suffix(16), radix: 16) }
        // glibc itself ignores 32 and 33, which it keeps for its threads.
        #expect(masks.map { $0.map { $0 & ~0x1_8000_0000 } } == [0, 0])
    }

    @Test func `a child gets the three standard descriptors alone`() async throws {
        let result = try await runner.run(ProcessSpec(.program("ls", arguments: ["/proc/self/fd"]), input: [1]))
        // The fourth is ls's own, for the directory.
        #expect(result.output.text == "0\n1\n2\n3\n")
    }

    @Test func `what can't be started is told apart`() async throws {
        let directory = try TemporaryDirectory()
        try LiveFileSystem().write("not a program", to: directory("data"))
        await #expect(throws: ProcessError.notFound(program: "no-such-program")) {
            try await runner.run(ProcessSpec(.program("no-such-program", arguments: [])))
        }
        await #expect(throws: ProcessError.notFound(program: "/no/such")) {
            try await runner.run(ProcessSpec(.program("/no/such", arguments: [])))
        }
        let data = directory("data")
        await #expect(throws: ProcessError.notExecutable(program: data)) {
            try await runner.run(ProcessSpec(.program(data, arguments: [])))
        }
        let missing = directory("missing")
        await #expect(throws: ProcessError.workingDirectoryMissing(path: missing)) {
            try await runner.run(ProcessSpec(.shell("true"), workingDirectory: missing))
        }
        await #expect(throws: ProcessError.invalidText(program: "ls")) {
            try await runner.run(ProcessSpec(.program("ls", arguments: ["a\0b"])))
        }
        await #expect(throws: ProcessError.self) {
            try await runner.run(ProcessSpec(.program("ls", arguments: [String(repeating: "x", count: 4_000_000)])))
        }
    }

    @Test func `output that is not UTF-8 arrives byte by byte`() async throws {
        let result = try await runner.run(ProcessSpec(.shell("printf 'a\\377\\300b'")))
        #expect(result.output.head + result.output.tail == [0x61, 0xFF, 0xC0, 0x62])
        #expect(result.output.text == "a\u{FFFD}\u{FFFD}b")
    }

    @Test func `ten megabytes are kept by head and tail, and whole in a file`() async throws {
        let directory = try TemporaryDirectory()
        let seen = Mutex(0)
        let spec = ProcessSpec(
            .shell("seq 1 1400000; seq 1 1000 >&2"), outputLimit: 10_000, spillPath: directory("spill"))
        let result = try await runner.run(spec) { chunk in
            if chunk.source == .output { seen.withLock { $0 += chunk.bytes.count } }
        }
        let whole = try LiveFileSystem().read(directory("spill"))
        #expect(whole.count > 10_000_000)
        #expect(whole.count == result.output.total)
        #expect(seen.withLock { $0 } == whole.count)
        #expect(result.output.head == Array(whole.prefix(5_000)))
        #expect(result.output.tail == Array(whole.suffix(5_000)))
        #expect(result.output.spillPath == directory("spill"))
        #expect(result.output.spillFailure == nil)
        #expect(result.output.text.contains("\n[\(whole.count - 10_000) bytes left out; all of it is in \(directory("spill"))]\n"))
        #expect(result.errorOutput.omitted == 0)
        #expect(result.errorOutput.spillPath == nil)
        #expect(!LiveFileSystem().exists(directory("spill.err")))
    }

    @Test func `a spill that fails or grows too large does not disturb the run`() async throws {
        let directory = try TemporaryDirectory()
        let large = try await runner.run(ProcessSpec(.shell("seq 1 20000"), outputLimit: 100, spillPath: directory("a"), spillLimit: 1_000))
        #expect(large.succeeded)
        #expect(large.output.spillFailure == FileError(.tooLarge(limit: 1_000), path: directory("a")))
        #expect(try LiveFileSystem().status(of: directory("a")).size == 1_000)
        let failed = try await runner.run(ProcessSpec(.shell("seq 1 20000"), outputLimit: 100, spillPath: directory("no/such")))
        #expect(failed.succeeded)
        #expect(failed.output.spillPath == nil)
        #expect(failed.output.spillFailure?.reason == .notFound)
        #expect(failed.output.omitted > 0)
    }

    @Test(arguments: [0, 1, 2, 3, 10, 11, 12, 1_000])
    func `head and tail are right for every length around the limit`(count: Int) async throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let result = try await runner.run(ProcessSpec(.program("cat", arguments: []), input: bytes, outputLimit: 11))
        let output = result.output
        #expect(output.total == count)
        #expect(output.head.count + output.tail.count == min(count, 11))
        #expect(output.head == Array(bytes.prefix(output.head.count)))
        #expect(output.tail == Array(bytes.suffix(output.tail.count)))
    }

    @Test func `no descriptor and no zombie is left by many runs`() async throws {
        _ = try await runner.run(ProcessSpec(.program("true", arguments: [])))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<400 {
                if index >= 4 { try await group.next() }
                group.addTask {
                    let spec = ProcessSpec(
                        .shell(index % 10 == 0 ? "sleep 1000 & exit 1" : "cat"), input: [UInt8](repeating: 7, count: index * 100))
                    let result = try await LiveProcessRunner().run(spec)
                    #expect(result.output.total == (index % 10 == 0 ? 0 : index * 100))
                }
            }
            try await group.waitForAll()
        }
        for _ in 0..<20 { _ = try? await runner.run(ProcessSpec(.program("no-such-program", arguments: []))) }
        // Other tests run beside this one and have children and pipes of their own, but a leak of one a run would show.
        let files = LiveFileSystem()
        let open = try files.list("/proc/self/fd").map { (try? files.target(ofSymlink: "/proc/self/fd/\($0.name)")) ?? "" }
        #expect(open.count { $0.hasPrefix("pipe:") || $0.contains("pidfd") } < 100)
        let zombies = try files.list("/proc").count { entry in
            guard let stat = try? files.read("/proc/\(entry.name)/stat") else { return false }
            let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && fields[0] == "Z" && fields[1] == "\(getpid())"
        }
        #expect(zombies < 50)
    }
}
