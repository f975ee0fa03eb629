import Glibc
import LoomSystem
import Testing

@testable import LoomRepository

/// The built program on real folders.
@Suite(.timeLimit(.minutes(1))) struct LoomkinWatchTests {
    private let files = LiveFileSystem()

    enum Save: String, CaseIterable {
        case writeInPlace, temporaryAndRename, truncateAndWrite, deleteAndCreate, moveFromAnotherFolder

        func perform(_ path: String, elsewhere: String) throws {
            let files = LiveFileSystem()
            switch self {
            case .writeInPlace: try files.append(Array("more".utf8), to: path)
            case .temporaryAndRename:
                try files.append(Array("new".utf8), to: path + ".new")
                try files.rename(path + ".new", to: path)
            case .truncateAndWrite:
                let file = try #require(fopen(path, "w"))
                fputs("new", file)
                fclose(file)
            case .deleteAndCreate:
                try files.remove(path)
                try files.append(Array("new".utf8), to: path)
            case .moveFromAnotherFolder:
                try files.append(Array("new".utf8), to: elsewhere)
                try files.rename(elsewhere, to: path)
            }
        }
    }

    @Test("each way of saving a file is seen", arguments: Save.allCases)
    func saves(_ save: Save) async throws {
        try await withTemporaryFolder { folder in
            try write(["p/a.lua": "old"], in: folder)
            var run = try await WatchRun("\(folder)/p")
            try save.perform("\(folder)/p/a.lua", elsewhere: "\(folder)/other")
            try await run.reported("\(folder)/p/a.lua")
        }
    }

    @Test func `files made at once with their new folders are never lost`() async throws {
        try await withTemporaryFolder { folder in
            var run = try await WatchRun(folder)
            for round in 0..<50 {
                let top = "\(folder)/\(round)"
                let paths = ["\(top)/x", "\(top)/a/y", "\(top)/a/b/z"]
                for path in paths.reversed() { try files.write("new", to: path, options: .init(createsParents: true)) }
                try await run.reported(paths)
                // And the folders are watched by now: a change in the deepest is seen as well.
                try files.append([0], to: paths[2])
                try await run.reported(paths[2])
            }
        }
    }

    @Test func `after a folder is renamed, its files are reported under the new name`() async throws {
        try await withTemporaryFolder { folder in
            try write(["old/deep/a": ""], in: folder)
            var run = try await WatchRun(folder)
            try files.rename("\(folder)/old", to: "\(folder)/new")
            #expect(try await run.reported("\(folder)/new/deep/a").contains("\(folder)/old"))
            try files.append([0], to: "\(folder)/new/deep/a")
            #expect(try await run.reported("\(folder)/new/deep/a") == ["\(folder)/new/deep/a"])
            // A folder that takes the old name, and a deleted one that comes back, are no trouble.
            try write(["old/b": "", "new/deep/c": ""], in: folder)
            try await run.reported("\(folder)/old/b", "\(folder)/new/deep/c")
            try files.remove("\(folder)/new", recursively: true)
            try write(["new/deep/d": ""], in: folder)
            try await run.reported("\(folder)/new/deep/d")
            try files.rename("\(folder)/new", to: "\(folder)/newer")
            try await run.reported("\(folder)/newer/deep/d")
            try files.append([0], to: "\(folder)/newer/deep/d")
            #expect(try await run.reported("\(folder)/newer/deep/d") == ["\(folder)/newer/deep/d"])
        }
    }

    @Test func `a folder that is moved out is no longer watched`() async throws {
        try await withTemporaryFolder { folder in
            try write(["p/in/a": "", "p/b": ""], in: folder)
            var run = try await WatchRun("\(folder)/p")
            try files.rename("\(folder)/p/in", to: "\(folder)/out")
            try await run.reported("\(folder)/p/in")
            try files.append([0], to: "\(folder)/out/a")
            try files.append([0], to: "\(folder)/p/b")
            #expect(try await run.reported("\(folder)/p/b") == ["\(folder)/p/b"])
        }
    }

    @Test func `a link to a folder is followed, and files are reported under the link`() async throws {
        try await withTemporaryFolder { folder in
            try write(["real/sub/a": ""], in: folder)
            try files.makeSymlink("\(folder)/link", to: "real")
            var run = try await WatchRun("\(folder)/link/")
            try files.append([0], to: "\(folder)/real/sub/a")
            #expect(try await run.reported("\(folder)/link/sub/a") == ["\(folder)/link/sub/a"])
        }
    }

    @Test func `a folder watched under two names is reported under both`() async throws {
        try await withTemporaryFolder { folder in
            try write(["real/a": ""], in: folder)
            try files.makeSymlink("\(folder)/link", to: "real")
            var run = try await WatchRun("\(folder)/link", "\(folder)/real")
            try files.append([0], to: "\(folder)/real/a")
            try await run.reported("\(folder)/link/a", "\(folder)/real/a")
        }
    }

    @Test func `names with tabs, newlines and backslashes come through`() async throws {
        try await withTemporaryFolder { folder in
            var run = try await WatchRun(folder)
            let path = "\(folder)/a\tb\nc\\d\re é"
            try files.append([0], to: path)
            #expect(try await run.reported(path) == [path])
        }
    }

    @Test func `excluded folders are left out wherever they stand`() async throws {
        try await withTemporaryFolder { folder in
            try write([".git/a": "", "sub/.git/a": ""], in: folder)
            var run = try await WatchRun("--exclude", ".git", folder)
            try write([".git/b": "", "sub/.git/b": "", "sub/new/.git/b": "", "end": ""], in: folder)
            let paths = try await run.reported("\(folder)/end", "\(folder)/sub/new")
            #expect(!paths.contains { $0.contains(".git") })
        }
    }

    @Test func `when watches are used up it says so, and goes on with those it has`() async throws {
        try await withTemporaryFolder { folder in
            try write(["a/b/x": "", "y": ""], in: folder)
            var run = try await WatchRun("--max-watches", "2", folder)
            #expect(run.earlier == [.limit("\(folder)/a/b")])
            try files.append([0], to: "\(folder)/y")
            try await run.reported("\(folder)/y")
        }
    }

    @Test func `a root that is missing, goes, or comes back is reported`() async throws {
        try await withTemporaryFolder { folder in
            let root = "\(folder)/root"
            var run = try await WatchRun(root)
            #expect(run.earlier == [.gone(root)])
            try write(["root/a": ""], in: folder)
            try await run.reported(root, "\(root)/a")
            try files.rename(root, to: "\(folder)/away")
            try await run.reads(.gone(root))
            try write(["root/b": ""], in: folder)
            try await run.reported(root, "\(root)/b")
            try files.append([0], to: "\(root)/b")
            try await run.reported("\(root)/b")
        }
    }

    @Test func `more events than the system keeps end in an overflow, and watching goes on`() async throws {
        try await withTemporaryFolder { folder in
            var run = try await WatchRun(folder)
            #expect(kill(run.process.identity.pid, SIGSTOP) == 0)
            let text = try files.read("/proc/sys/fs/inotify/max_queued_events")
            let limit = try #require(Int(String(decoding: text, as: UTF8.self).filter(\.isNumber)))
            try write(["a": "", "b": ""], in: folder)
            // Alternating, since equal events in a row are kept once.
            for number in 0..<(limit / 2 + 100) { try files.append([0], to: "\(folder)/\(number % 2 == 0 ? "a" : "b")") }
            for number in 0..<(limit / 2 + 100) { try files.append([0], to: "\(folder)/\(number % 2 == 0 ? "a" : "b")") }
            #expect(kill(run.process.identity.pid, SIGCONT) == 0)
            try await run.reads(.overflow)
            try files.append([0], to: "\(folder)/after")
            try await run.reported("\(folder)/after")
        }
    }

    @Test func `it ends when its input is closed`() async throws {
        try await withTemporaryFolder { folder in
            var run = try await WatchRun(folder)
            run.process.closeInput()
            #expect(await run.next() == nil)
            #expect(await run.process.waitForExit() == .exited(0))
        }
    }

    @Test func `it ends with its parent even while its input stays open`() async throws {
        try await withTemporaryFolder { folder in
            // In a session of its own, with pipes that outlive the shell: nothing but the shell's end can end it.
            let (input, output) = ("\(folder)/input", "\(folder)/output")
            #expect(mkfifo(input, 0o600) == 0 && mkfifo(output, 0o600) == 0)
            let writer = open(input, O_RDWR | O_CLOEXEC)
            defer { close(writer) }
            let runner = LiveProcessRunner()
            let reader = try await runner.start(ProcessSpec(.program("cat", arguments: [output])))
            let parent = try await runner.start(
                ProcessSpec(.shell("setsid '\(WatchRun.program())' '\(folder)' <'\(input)' >'\(output)' & wait")))
            var lines = reader.output.lines().makeAsyncIterator()
            #expect(try #require(await lines.next()) == Array("ready".utf8))
            #expect(kill(parent.identity.pid, SIGKILL) == 0)
            #expect(await lines.next() == nil)
        }
    }

    @Test(
        "mistakes on the command line are answered with one sentence",
        arguments: [
            ([], "loomkin-watch: name at least one folder (see loomkin-watch --help)\n"),
            (["--sideways"], "loomkin-watch: unknown option --sideways (see loomkin-watch --help)\n"),
            (["--exclude"], "loomkin-watch: a value is missing after --exclude (see loomkin-watch --help)\n"),
            (
                ["--max-watches", "few", "/"],
                "loomkin-watch: --max-watches needs a whole number above 0, not few (see loomkin-watch --help)\n"
            ),
        ])
    func mistakes(_ arguments: [String], _ text: String) async throws {
        let result = try await LiveProcessRunner().run(ProcessSpec(.program(WatchRun.program(), arguments: arguments)))
        #expect(result.termination == .exited(64))
        #expect(result.errorOutput.text == text)
    }

    @Test("it explains itself", arguments: [("--help", "Usage: loomkin-watch "), ("--version", "loomkin-watch ")])
    func explains(_ option: String, _ beginning: String) async throws {
        let result = try await LiveProcessRunner().run(ProcessSpec(.program(WatchRun.program(), arguments: [option])))
        #expect(result.succeeded)
        #expect(result.output.text.hasPrefix(beginning))
    }
}
