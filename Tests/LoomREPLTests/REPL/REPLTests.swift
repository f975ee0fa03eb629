import Glibc
import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomREPL

@Suite(.serialized, .timeLimit(.minutes(1)))
struct REPLTests {
    /// Feeds lines through a pipe until they end; returns what was printed and the exit code.
    private func pipe(_ lines: String, _ stage: Stage) async throws -> (text: String, code: Int32) {
        let workspace = try await stage.open(isInteractive: true)
        let output = try #require(Capture())
        var ends: [Int32] = [0, 0]
        #expect(Glibc.pipe(&ends) == 0)
        _ = writeAll(lines, to: ends[1])
        close(ends[1])
        var options = REPLOptions(version: "0.1", folder: "~/p")
        options.input = ends[0]
        options.output = output.writer
        let repl = try await REPL.open(workspace, options)
        let code = await repl.run()
        close(ends[0])
        await workspace.close()
        return (output.text(), code)
    }

    /// The front end at a terminal of 80 columns, not begun yet.
    private func terminal(_ stage: Stage) async throws -> (workspace: Workspace, repl: REPL, terminal: PseudoTerminal) {
        let workspace = try await stage.open(isInteractive: true)
        let terminal = try #require(PseudoTerminal(width: 80, height: 24))
        var options = REPLOptions(version: "0.1", folder: "~/p")
        options.input = terminal.slave
        options.output = terminal.slave
        options.traits = TerminalTraits(inputIsTerminal: true, outputIsTerminal: true, width: 80, utf8: true) {
            ["TERM": "xterm", "NO_COLOR": "1"][$0]
        }
        return (workspace, try await REPL.open(workspace, options), terminal)
    }

    @Test func `lines of a pipe are sent one after another and end with an exit code`() async throws {
        let stage = Stage { _, number in Stage.say("answer \(number + 1)\n") }
        let (text, code) = try await self.pipe("first\n/tasks\nsecond\n", stage)
        #expect(text == "lead      answer 1\n  The board is empty.\nlead      answer 2\n")
        #expect(code == 0)
    }

    /// Where nobody answers, the exit code says so.
    @Test(
        arguments: [
            ("go\ny\n", true, .done), ("go\nn\n", false, .done), ("go\n\n", false, .done), ("go\n", false, .unanswered),
            ("go\nsomething else\n", false, .unanswered),
        ] as [(String, Bool, ExitCode)])
    func `a question in a pipe is answered by the next line, or refused`(lines: String, isAllowed: Bool, exit: ExitCode) async throws {
        let stage = Stage { call, _ in
            let last = call.messages.last?.parts.last
            if case .toolResult(_, _, let text, let isError) = last { return Stage.say(isError ? "was refused" : "it \(text)") }
            return Stage.use("run", ["command": "make"], id: "c\(call.messages.count)")
        }
        let (text, code) = try await self.pipe(lines, stage)
        #expect(text.contains("  ? lead wants to run"))
        #expect(text.contains(isAllowed ? "lead      it ran\n" : "lead      was refused\n"), "\(text)")
        #expect(code == exit.rawValue)
    }

    @Test func `a model that cannot be had is told and has its own exit code`() async throws {
        let stage = Stage { _, _ in throw ModelFailure(.auth, "The key was refused.", hint: "Set FAKE_KEY.") }
        let (text, code) = try await self.pipe("go\n", stage)
        #expect(text.contains("✗ The key was refused. Set FAKE_KEY.".withMarks))
        #expect(code == ExitCode.modelUnavailable.rawValue)
    }

    @Test func `the window is shown by part`() async throws {
        let stage = Stage { _, _ in Stage.say("ok") }
        let (text, _) = try await self.pipe("go\n/context\n/context bob\n", stage)
        #expect(text.contains("lead      110 of 128k tokens, 0 % full"), "\(text)")
        for line in ["system  ", "tools   ", "rules   0 of 12k", "history ", "tail    ", "reply   10 of 8k"] {
            #expect(text.contains("          \(line)") || text.contains("lead      \(line)"), "\(line) in \(text)")
        }
        #expect(text.contains("There is no agent «bob». /agents lists them."))
    }

    @Test func `commands show, change and refuse`() async throws {
        let stage = Stage { call, number in number == 0 ? Stage.use("run", ["command": "make"]) : Stage.say("ok") }
        let (text, code) = try await self.pipe(
            "/agents\n/spawn coder ada\n/model ada fake:x\n/model\n/permissions full\ngo\n/show\n/show 1\n/show 9\n/model nope:x\n@bob hi\n/cost\n/quit\nnever\n",
            stage)
        #expect(text.contains("lead      lead  idle"))
        #expect(text.contains("ada       joined as coder, fake:m"))
        #expect(text.contains("ada       fake:x"))
        #expect(text.contains("Permissions are now full, set by user/repl."))
        #expect(text.contains("lead      1  run  make  ok"))
        #expect(text.contains("\"command\": \"make\""))
        #expect(text.contains("There is no call 9."))
        #expect(text.contains("There is no provider «nope»."))
        #expect(text.contains("bob"))
        #expect(!text.contains("never"))
        #expect(!text.contains("\u{1B}"))
        #expect(code == 0)
    }

    @Test func `a shell command shows its output and its failure`() async throws {
        let stage = Stage { _, _ in Stage.say("") }
        let (text, _) = try await self.pipe("!make\n!false\n", stage)
        #expect(text == "  one\n  \\x1b[2Jtwo\n  one\n  \\x1b[2Jtwo\n  ✗ exit status 1\n".withMarks)
        #expect(stage.processes.specs.map(\.workingDirectory) == ["/p", "/p"])
    }

    @Test func `a plugin's command shows what it says, what went wrong, and asks the next line`() async throws {
        let stage = Stage { _, _ in Stage.say("") }
        let (text, code) = try await self.pipe(
            "/greet ada\n/greet fail\n/greet ask\nrui\n/greet ask\n/help greet\n/gret\n/plugins greet\n", stage)
        #expect(text.hasPrefix("  Hello ada\n  and welcome\n  ✗ There is nobody to greet.\n".withMarks), "\(text)")
        #expect(text.contains("greet asks: whom?"))
        #expect(text.contains("  Hello rui\n"))
        #expect(text.contains("  /greet [NAME]\n  say hello\n"))
        #expect(text.contains("Did you mean /greet?"))
        #expect(text.contains("There is no plugin «greet»."))
        #expect(code == 0)
    }

    @Test func `a person at a terminal types while agents speak, answers, and leaves with Ctrl-D`() async throws {
        let stage = Stage { call, number in
            number == 0 ? Stage.use("run", ["command": "make"]) : Stage.say("made it\n")
        }
        let (workspace, repl, terminal) = try await self.terminal(stage)
        let running = Task { await repl.run(page: "http://127.0.0.1:4200/") }
        var screen = await terminal.screen { $0.rows.last == "›" && $0.rows.count == 2 }
        #expect(screen.rows[0] == "loomkin 0.1  ~/p  fake:m  0 plugins  page http://127.0.0.1:4200/")
        terminal.type("make it\r")
        screen = await terminal.screen { $0.rows.contains { $0.hasPrefix("    [y]es") } && $0.rows.last == "›" }
        #expect(screen.rows[1] == "› make it")
        #expect(screen.rows[2].hasPrefix("  ? lead wants to run: make   why: "))
        terminal.type("y\r")
        screen = await terminal.screen {
            $0.rows.contains("lead      made it") && $0.rows.contains { $0.contains("✓ done") } && $0.rows.last == "›"
        }
        #expect(screen.rows.contains { $0.hasPrefix("lead      ⚙ run  make") && $0.contains("✓") })
        terminal.type("\u{4}")
        #expect(await running.value == 0)
        #expect(terminal.isCanonical)
        await workspace.close()
    }

    @Test func `lists of models that do not come hold up nothing, and Ctrl-C ends the waiting`() async throws {
        let list = Awaited<[ModelFacts]>()
        let (workspace, repl, terminal) = try await self.terminal(Stage(list: list) { _, _ in Stage.say("here\n") })
        let running = Task { await repl.run() }
        terminal.type("/model\r")
        _ = await list.isAsked.value()
        terminal.type("/agents\r")
        _ = await terminal.screen { $0.rows.contains { $0.hasPrefix("lead      lead  idle") } }
        terminal.type("/model\r")
        _ = await terminal.screen { $0.rows.contains("  A command still runs. Ctrl-C ends it.") }
        terminal.type("hello\r")
        _ = await terminal.screen { $0.rows.contains("lead      here") }
        terminal.type("\u{3}")
        let screen = await terminal.screen { $0.rows.contains("  ✗ stopped") && $0.rows.last == "›" }
        #expect(!screen.rows.contains { $0.contains("fake") && $0.contains("models") })
        terminal.type("\u{4}")
        #expect(await running.value == 0)
        await workspace.close()
    }

    @Test func `a model that takes its time is spoken of while nothing else is printed`() async throws {
        let hold = Awaited<Bool>()
        let stage = Stage(hold: hold) { _, _ in Stage.say("here\n") }
        let (workspace, repl, terminal) = try await self.terminal(stage)
        let running = Task { await repl.run() }
        terminal.type("hello\r")
        _ = await hold.isAsked.value()
        func thinks(_ seconds: [Int]) -> @Sendable (Screen) -> Bool {
            { $0.rows.filter { $0.contains("… thinks") }.map { $0.split(separator: " ").suffix(2) } == seconds.map { ["\($0)", "s"] } }
        }
        await stage.clock.waitForSleepers(1)
        stage.clock.advance(by: .seconds(5))
        _ = await terminal.screen(where: thinks([5]))
        // What is printed begins the wait anew.
        await stage.clock.waitForSleepers(1)
        stage.clock.advance(by: .seconds(4))
        terminal.type("/tasks\r")
        _ = await terminal.screen { $0.rows.contains("  The board is empty.") }
        await stage.clock.waitForSleepers(1)
        stage.clock.advance(by: .seconds(5))
        _ = await terminal.screen(where: thinks([5, 14]))
        hold.answer.fulfil(true)
        _ = await terminal.screen { $0.rows.contains("lead      here") && $0.rows.last == "›" }
        terminal.type("\u{4}")
        #expect(await running.value == 0)
        await workspace.close()
    }

    @Test(arguments: [("/reload", "  No file of a plugin has changed."), ("/rollback greet", "  There is no plugin «greet».")])
    func `a change of plugins holds up nothing and is not left half done`(command: String, told: String) async throws {
        let plugins = StagePlugins()
        var stage = Stage { _, _ in Stage.say("") }
        stage.plugins = plugins
        let (workspace, repl, terminal) = try await self.terminal(stage)
        let running = Task { await repl.run() }
        terminal.type(command + "\r")
        _ = await plugins.change.isAsked.value()
        terminal.type("/agents\r")
        _ = await terminal.screen { $0.rows.contains { $0.hasPrefix("lead      lead  idle") } }
        terminal.type("\u{3}")
        _ = await terminal.screen { $0.rows.contains("  Plugins are not left half changed: this ends first.") }
        plugins.change.answer.fulfil(true)
        _ = await terminal.screen { $0.rows.contains(told) }
        terminal.type("\u{4}")
        #expect(await running.value == 0)
        await workspace.close()
    }

    @Test func `output without a line end is shown before the command ends, no character cut`() async throws {
        let (workspace, repl, terminal) = try await self.terminal(Stage { _, _ in Stage.say("") })
        let running = Task { await repl.run() }
        terminal.type("!endless\r")
        var screen = await terminal.screen { $0.rows.last == "›" && $0.rows.contains { $0.hasSuffix("éan") } }
        #expect(!screen.rows.joined().contains("\u{FFFD}"))
        terminal.type("\u{3}")
        screen = await terminal.screen { $0.rows.contains("  ✗ stopped") && $0.rows.last == "›" }
        #expect(screen.rows.contains("  d"))
        terminal.type("\u{4}")
        #expect(await running.value == 0)
        await workspace.close()
    }
}

extension String {
    /// As it is printed under the locale the tests run in.
    fileprivate var withMarks: String { TextLocale.isUTF8 ? self : self.replacing(Marks.unicode.failure, with: Marks.ascii.failure) }
}
