import Glibc
import LoomSystem
import Testing

@testable import LoomRepository

/// Each test runs with both engines: they must not differ.
@Suite(.timeLimit(.minutes(1))) struct ContentSearchTests {
    enum Engine: String, CaseIterable, CustomTestStringConvertible {
        case ripgrep
        case own

        var testDescription: String { rawValue }

        var runner: any ProcessRunner {
            switch self {
            case .ripgrep: LiveProcessRunner()
            case .own: ScriptedProcessRunner()
            }
        }
    }

    private static let project = [
        ".gitignore": "out/\n*.log",
        "a.swift": "import One\nlet a = 1\nlet b = 2\nfunc run() {}\nlet c = 3\n",
        "deep/b.swift": "// let\r\nlet d = a.b\r\n",
        "deep/notes.md": "Let it be\nlet it be (really)\n",
        ".hidden": "let me in\n",
        "out/c.swift": "let out = 1\n",
        "x.log": "let log = 1\n",
        ".git/config": "let git = 1\n",
        ".loomkin/state": "let loomkin = 1\n",
        "binary": "let\u{0}binary\n",
    ]

    private func find(_ query: ContentQuery, _ engine: Engine, in project: [String: String] = Self.project) async throws -> ContentMatches {
        try await withTemporaryFolder { folder in
            try write(project, in: folder)
            return try await ContentSearch(root: folder, files: LiveFileSystem(), runner: engine.runner, clock: LiveClock()).find(query)
        }
    }

    private func lines(_ matches: ContentMatches) -> [String] {
        matches.files.flatMap { file in file.lines.map { "\(file.path):\($0.number)\($0.isMatch ? ":" : "-")\($0.text)" } }
    }

    @Test("finds lines in files that are not ignored, in the order of their paths", arguments: Engine.allCases)
    func content(_ engine: Engine) async throws {
        let matches = try await find(ContentQuery("^let \\w+ ="), engine)
        #expect(lines(matches) == ["a.swift:2:let a = 1", "a.swift:3:let b = 2", "a.swift:5:let c = 3", "deep/b.swift:2:let d = a.b"])
        #expect(matches.end == .complete)
        #expect(matches.matchCount == 4)
    }

    @Test("shows the lines around matches, each once", arguments: Engine.allCases)
    func context(_ engine: Engine) async throws {
        let matches = try await find(ContentQuery("let [bc]", path: "a.swift", context: 1), engine)
        #expect(
            lines(matches) == [
                "a.swift:2-let a = 1", "a.swift:3:let b = 2", "a.swift:4-func run() {}", "a.swift:5:let c = 3",
            ])
    }

    @Test("lists files", arguments: Engine.allCases)
    func files(_ engine: Engine) async throws {
        let matches = try await find(ContentQuery("let", mode: .files), engine)
        #expect(matches.files.map(\.path) == [".hidden", "a.swift", "deep/b.swift", "deep/notes.md"])
        #expect(matches.files.allSatisfy { $0.lines.isEmpty && $0.matchCount == 1 })
    }

    @Test("counts lines", arguments: Engine.allCases)
    func count(_ engine: Engine) async throws {
        let matches = try await find(ContentQuery("let", mode: .count), engine)
        #expect(matches.files.map { "\($0.path) \($0.matchCount)" } == [".hidden 1", "a.swift 3", "deep/b.swift 2", "deep/notes.md 2"])
    }

    @Test(
        "a glob narrows, and never brings ignored files back", arguments: Engine.allCases,
        [
            ("*.swift", ["a.swift", "deep/b.swift"]), ("*.{md,log}", ["deep/notes.md"]), ("deep/**", ["deep/b.swift", "deep/notes.md"]),
            ("out/**", []), ("*.log", []), ("./*.swift", ["a.swift"]), ("{a.swift,deep/*.md}", ["a.swift", "deep/notes.md"]),
        ])
    func glob(_ engine: Engine, _ example: (glob: String, paths: [String])) async throws {
        #expect(try await find(ContentQuery("let", glob: example.glob, mode: .files), engine).files.map(\.path) == example.paths)
    }

    @Test("a path narrows, and globs begin there", arguments: Engine.allCases)
    func path(_ engine: Engine) async throws {
        let matches = try await find(ContentQuery("let", path: "deep", glob: "./*.md", mode: .files), engine)
        #expect(matches.files.map(\.path) == ["deep/notes.md"])
    }

    @Test("case matters when the pattern has a capital, or on demand", arguments: Engine.allCases)
    func letterCase(_ engine: Engine) async throws {
        func count(_ pattern: String, _ letterCase: ContentQuery.LetterCase = .smart) async throws -> Int {
            try await find(ContentQuery(pattern, path: "deep/notes.md", letterCase: letterCase), engine).matchCount
        }
        #expect(try await count("let it") == 2)
        #expect(try await count("Let it") == 1)
        #expect(try await count("let\\Wit") == 2)
        #expect(try await count("let it", .sensitive) == 1)
        #expect(try await count("LET IT", .insensitive) == 2)
    }

    @Test("a literal is no expression", arguments: Engine.allCases)
    func literal(_ engine: Engine) async throws {
        #expect(try await lines(find(ContentQuery("a.b", isLiteral: true), engine)) == ["deep/b.swift:2:let d = a.b"])
        #expect(try await lines(find(ContentQuery("(really", isLiteral: true), engine)) == ["deep/notes.md:2:let it be (really)"])
    }

    @Test("the limit keeps the context of the last match, and says that there is more", arguments: Engine.allCases)
    func limit(_ engine: Engine) async throws {
        let cut = try await find(ContentQuery("let", path: "a.swift", context: 1, limit: 2), engine)
        #expect(lines(cut) == ["a.swift:1-import One", "a.swift:2:let a = 1", "a.swift:3:let b = 2", "a.swift:4-func run() {}"])
        #expect(cut.end == .limit)
        #expect(cut.isTruncated)
        let whole = try await find(ContentQuery("let", path: "a.swift", limit: 3), engine)
        #expect(whole.end == .complete)
        let files = try await find(ContentQuery("let", mode: .files, limit: 2), engine)
        #expect(files.files.count == 2)
        #expect(files.isTruncated)
    }

    @Test("context and limit are any numbers", arguments: Engine.allCases, [Int.max, .min])
    func numbers(_ engine: Engine, _ number: Int) async throws {
        let first = try await find(ContentQuery("let", path: "a.swift", context: number, limit: 1), engine)
        let above = number > 0 ? ["a.swift:1-import One"] : []
        #expect(lines(first).starts(with: above + ["a.swift:2:let a = 1"]))
        #expect(first.end == .limit)
        let all = try await find(ContentQuery("let", path: "a.swift", context: number, limit: number), engine)
        #expect(all.files.map(\.matchCount) == [number > 0 ? 3 : 1])
    }

    @Test("a long line is cut around its match", arguments: Engine.allCases)
    func longLines(_ engine: Engine) async throws {
        let line = String(repeating: "x", count: 1_000) + "needle" + String(repeating: "y", count: 1_000)
        let matches = try await find(ContentQuery("needle", lineLimit: 30), engine, in: ["long": line])
        #expect(lines(matches) == ["long:1:…xxxxxxxxxxneedleyyyyyyyyyyyyyy…"])
    }

    @Test("text that is not UTF-8 is found and shown", arguments: Engine.allCases)
    func otherEncodings(_ engine: Engine) async throws {
        try await withTemporaryFolder { folder in
            try LiveFileSystem().write(Array("caf".utf8) + [0xE9] + Array(" au lait\n".utf8), to: "\(folder)/latin", options: .init())
            let search = ContentSearch(root: folder, files: LiveFileSystem(), runner: engine.runner, clock: LiveClock())
            let line = try #require(await search.find(ContentQuery("au lait")).files.first?.lines.first)
            #expect(line.text.hasPrefix("caf"))
            #expect(line.text.hasSuffix(" au lait"))
        }
    }

    @Test("a bad expression gets one sentence", arguments: Engine.allCases, ["(", "[a", "a{2,1}", "*"])
    func badPatterns(_ engine: Engine, _ pattern: String) async throws {
        await #expect {
            _ = try await find(ContentQuery(pattern), engine)
        } throws: { error in
            guard case SearchError.pattern(pattern, let reason) = error else { return false }
            return !reason.contains("\n") && "\(error)".hasPrefix("\"\(pattern)\" is not a regular expression that can be used: ")
        }
    }

    @Test("nothing outside the root is searched", arguments: Engine.allCases)
    func confined(_ engine: Engine) async throws {
        await #expect(throws: SearchError.outsideRoot("../..")) { try await find(ContentQuery("x", path: "../.."), engine) }
        await #expect(throws: SearchError.outsideRoot("../*")) { try await find(ContentQuery("x", glob: "../*"), engine) }
        await #expect(throws: SearchError.self) { try await find(ContentQuery("x", path: "no/such"), engine) }
    }

    @Test func `ripgrep is ended when the time is up, or the task is cancelled`() async throws {
        try await withTemporaryFolder { folder in
            // Opening a pipe that nobody writes to waits for ever.
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            let search = ContentSearch(root: folder, files: LiveFileSystem(), runner: LiveProcessRunner(), clock: LiveClock())
            let late = try await search.find(ContentQuery("x", path: "pipe", timeLimit: .milliseconds(50)))
            #expect(late.end == .time)
            let task = Task { try await search.find(ContentQuery("x", path: "pipe")) }
            task.cancel()
            #expect(try await task.value.end == .time)
        }
    }

    @Test func `a pattern that keeps the own engine busy is given up on when the time is up`() async throws {
        try await withTemporaryFolder { folder in
            try write(["a": String(repeating: "a", count: 26)], in: folder)
            let clock = ManualClock()
            let search = ContentSearch(root: folder, files: LiveFileSystem(), runner: ScriptedProcessRunner(), clock: clock)
            async let matches = search.find(ContentQuery("(a+)+b", timeLimit: .seconds(2)))
            await clock.waitForSleepers()
            clock.advance(by: .seconds(3))
            #expect(try await matches == ContentMatches(end: .time))
        }
    }

    @Test func `the own engine looks at the clock between lines`() async throws {
        let matches = try await find(ContentQuery("let", timeLimit: .zero), .own)
        #expect(matches == ContentMatches(end: .time))
    }

    @Test func `ripgrep reads no configuration, so nothing but the query decides`() {
        let scope = try? SearchScope(ContentQuery("x"), root: "/tmp", files: LiveFileSystem())
        #expect(scope.map { Ripgrep.arguments(ContentQuery("-x"), $0) }?.first == "--no-config")
        #expect(scope.map { Ripgrep.arguments(ContentQuery("-x"), $0) }?.suffix(4) == ["--regexp", "-x", "--", "."])
    }
}
