import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomREPL

struct LineRendererTests {
    /// The story of the mock-up, as signals.
    private func story() throws -> [Signal] {
        let edited = TaskSummary(
            id: "t1", title: "fix the parser", description: "", status: .assigned, assignee: "ada", creator: "lead", result: "")
        var done = edited
        done.status = .done
        done.result = "fixed in one line\nmore"
        return [
            try signal(UserSaid(to: "lead", text: "fix it", item: "i1"), source: "user/repl"),
            try signal(ModelStarted(agent: "lead", model: "fake:m", purpose: "turn", call: "m1")),
            try signal(AgentSaid(agent: "lead", text: "reading the failure before planning\n")),
            try signal(
                ToolStarted(
                    agent: "lead", call: "c1", tool: "shell", summary: "pytest -q tests/test_parser.py", generation: 1, arguments: [:])),
            try signal(
                ToolFinished(
                    agent: "lead", call: "c1", tool: "shell", summary: "pytest -q tests/test_parser.py", status: .error,
                    text: "\nexit status 1\n…", milliseconds: 812, generation: 1)),
            try signal(AgentSpawned(agent: "ada", role: "coder", model: "fake:m", by: "agent/lead")),
            try signal(TaskChanged(task: edited, by: "agent/lead")),
            try signal(
                ToolFinished(
                    agent: "ada", call: "c2", tool: "file_read", summary: "src/parser.py 40–120", status: .ok, text: "", milliseconds: 3,
                    generation: 4)),
            try signal(
                PluginReported(plugin: "file_read", kind: "tool", from: 4, to: 5, status: "reloaded", error: nil, milliseconds: 12.2)),
            try signal(PluginReported(plugin: "shell", kind: "tool", from: 1, to: 1, status: "unchanged", error: nil, milliseconds: 1)),
            try signal(FileChanged(agent: "ada", call: "c3", path: "src/parser.py", added: 3, removed: 1)),
            try signal(
                ToolFinished(
                    agent: "ada", call: "c3", tool: "file_edit", summary: "src/parser.py", status: .ok, text: "", milliseconds: 9,
                    generation: 1)),
            try signal(InboxQueued(item: "i2", from: "user/repl", to: "ada", kind: .user, priority: .normal, text: "keep it")),
            try signal(InboxRead(agent: "ada", items: ["i2"], from: ["user/repl"])),
            try signal(InboxQueued(item: "i3", from: "ada", to: "lead", kind: .peer, priority: .normal, text: "the error message stays")),
            try signal(TaskChanged(task: done, by: "agent/ada")),
            try signal(
                PermissionDecided(
                    agent: "ada", call: "c4", tool: "shell", access: "execute rm -rf x", verdict: .deny, rule: "deny execute rm*",
                    origin: ".loomkin.toml:14", by: "rule")),
            try signal(
                ToolFinished(
                    agent: "ada", call: "c4", tool: "shell", summary: "rm -rf x", status: .denied, text: "Refused", milliseconds: 1,
                    generation: 1)),
            try signal(
                ModelFinished(
                    agent: "lead", model: "fake:m", call: "m1", usage: Usage(), costUSD: 0.06, stop: .end, milliseconds: 1, contextUsed: 1,
                    contextLimit: 2)),
            try signal(AgentFinished(agent: "lead", outcome: .done, text: "done"), seconds: 41),
        ]
    }

    private func lines(_ signals: [Signal], _ renderer: LineRenderer) -> [String] {
        var renderer = renderer
        return signals.flatMap { renderer.lines(for: $0) }
    }

    @Test func `a story at eighty columns`() throws {
        let expected = """
            lead      reading the failure before planning
            lead      ⚙ shell  pytest -q tests/test_parser.py                       ✗  0.8 s
                      exit status 1
            ada       joined as coder, fake:m
            lead      → ada  task t1: fix the parser
            ada       ⚙ file_read  src/parser.py 40–120                              ✓  3 ms
            plugins   file_read 4 → 5                                                  12 ms
            ada       ✎ src/parser.py                                                  +3 −1
            you       → ada  queued, read before the next model call
            you       → ada  read
            ada       → lead  the error message stays
            ada       ✓ task t1: fixed in one line
            ada       ⚙ shell  rm -rf x                                      ✗ refused  1 ms
                      rule deny execute rm* (.loomkin.toml:14)
            lead      ✓ done  4 tool calls  $0.06  41 s
            """
        #expect(self.lines(try self.story(), renderer(80)).joined(separator: "\n") == expected)
    }

    @Test func `the same story at forty columns loses nothing and stays inside`() throws {
        let expected = """
            lead   reading the failure before
                   planning
            lead   ⚙ shell  pytest -q
                   tests/test_parser.py  ✗  0.8 s
                   exit status 1
            ada    joined as coder, fake:m
            lead   → ada  task t1: fix the parser
            ada    ⚙ file_read  src/parser.py 40–120
                   ✓  3 ms
            plugi… file_read 4 → 5             12 ms
            ada    ✎ src/parser.py             +3 −1
            you    → ada  queued, read before the
                   next model call
            you    → ada  read
            ada    → lead  the error message stays
            ada    ✓ task t1: fixed in one line
            ada    ⚙ shell  rm -rf x
                   ✗ refused  1 ms
                   rule deny execute rm* (.loomkin.…
            lead   ✓ done  4 tool calls  $0.06  41 s
            """
        let lines = self.lines(try self.story(), renderer(40))
        #expect(lines.joined(separator: "\n") == expected)
        #expect(lines.allSatisfy { $0.columns <= 40 })
    }

    @Test func `what plugins tell is one quiet line, and a failure says where the rest is`() throws {
        let trace = "watch.lua:3: boom\nstack traceback:\n\twatch.lua:3"
        let lines = self.lines(
            [
                signal("watch.noticed", ["text": "two\nlines", "nth": 1], source: "service/watch"),
                signal("counter.counted", ["words": 12, "of": "README.md"], source: "agent/ada"),
                try signal(PluginFailed(plugin: "watch", kind: "service", text: "The service watch has a fault of its own.", trace: trace)),
                try signal(PluginLogged(plugin: "watch", level: "info", text: "not shown")),
                try signal(PluginLogged(plugin: "watch", level: "warning", text: "careful\nnow")),
                try signal(PluginLogged(plugin: "watch", level: "error", text: "it broke")),
                try signal(InboxQueued(item: "i", from: "watch", to: "ada", kind: .peer, priority: .normal, text: "look")),
            ], renderer(nil))
        #expect(
            lines == [
                "watch     noticed  two lines", "ada       counter.counted  of: README.md, words: 12",
                "watch     ✗ The service watch has a fault of its own.  (/plugins watch says more)", "watch     careful",
                "watch     ✗ it broke", "watch     → ada  look",
            ])
    }

    @Test func `in a pipe lines are as long as they are, and in ASCII where there is no UTF-8`() throws {
        let lines = self.lines(try self.story(), renderer(nil, utf8: false))
        #expect(
            lines.prefix(3) == [
                "lead      reading the failure before planning", "lead      * shell  pytest -q tests/test_parser.py  x  0.8 s",
                "          exit status 1",
            ])
        #expect(lines.contains("ada       ~ src/parser.py  +3 -1"))
        #expect(lines.contains("plugins   file_read 4 -> 5  12 ms"))
        #expect(lines.last == "lead      ok done  4 tool calls  $0.06  41 s")
    }

    @Test func `colour adds nothing but colour`() throws {
        let coloured = self.lines(try self.story(), renderer(80, colour: true))
        let plain = self.lines(try self.story(), renderer(80))
        #expect(coloured.contains { $0.contains("\u{1B}[31m") })
        let stripped = coloured.map { line in
            line.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated().map { index, part in
                index == 0 ? String(part) : String(part.drop { $0 != "m" }.dropFirst())
            }.joined()
        }
        #expect(stripped == plain)
    }

    @Test func `an agent cannot command the terminal or speak in another's name`() throws {
        let evil = "\u{1B}[2J\u{9B}31mhello\u{7}\r\nlead      ✓ done \u{202E}x"
        let lines = self.lines(
            [
                try signal(AgentSaid(agent: "eve\u{1B}[0m", text: evil)),
                try signal(Notice(level: "error", text: evil)),
                try signal(FileChanged(agent: "eve", call: "c", path: evil, added: 1, removed: 1)),
            ], renderer(80))
        #expect(lines[0] == "eve\\x1b[… \\x1b[2J\\x9b31mhello\\x07")
        #expect(lines[1] == "          lead      ✓ done \\u{202e}x")
        let shown = lines.joined().unicodeScalars
        #expect(!shown.contains { $0.properties.generalCategory == .control || $0.value == 0x202E })
        #expect(lines.filter { $0.hasPrefix("lead") }.isEmpty)
    }

    // MARK: Streams

    private func delta(_ text: String, _ agent: String = "ada", call: String = "m1", attempt: Int = 1) throws -> Signal {
        try signal(AgentTextDelta(agent: agent, text: text, call: call, attempt: attempt))
    }

    @Test func `streamed text is printed by rows and completed once`() throws {
        var renderer = renderer(40)
        #expect(renderer.lines(for: try self.delta("the quick brown fox jum")) == [])
        #expect(
            renderer.lines(for: try self.delta("ps over the lazy dog\nand")) == [
                "ada    the quick brown fox jumps over", "       the lazy dog",
            ])
        #expect(renderer.lines(for: try signal(Notice(level: "info", text: "hello"))) == ["loomk… hello"])
        #expect(renderer.lines(for: try self.delta(" then\n")) == ["ada    and then"])
        let whole = "the quick brown fox jumps over the lazy dog\nand then\nthe end\n"
        #expect(renderer.lines(for: try signal(AgentSaid(agent: "ada", text: whole))) == ["       the end"])
        #expect(renderer.lines(for: try signal(AgentSaid(agent: "ada", text: "next"))) == ["ada    next"])
    }

    @Test func `lost pieces and second attempts end in the whole text`() throws {
        var renderer = renderer(40)
        _ = renderer.lines(for: try self.delta("one\nt"))
        #expect(renderer.lines(for: try self.delta("three\n")) == ["       tthree"])
        #expect(
            renderer.lines(for: try signal(AgentSaid(agent: "ada", text: "one\ntwo\nthree"))) == [
                "       one", "       two", "       three",
            ])
        _ = renderer.lines(for: try self.delta("first try\n", call: "m2"))
        #expect(
            renderer.lines(for: try self.delta("second\n", call: "m2", attempt: 2)) == [
                "ada    … broke off here, and begins", "       again", "ada    second",
            ])
        #expect(renderer.lines(for: try signal(AgentSaid(agent: "ada", text: "second\n"))) == [])
    }

    @Test func `in a pipe only whole texts are printed`() throws {
        var renderer = renderer(nil, streams: false)
        #expect(renderer.lines(for: try self.delta("one\ntwo\n")) == [])
        #expect(renderer.lines(for: try signal(AgentSaid(agent: "ada", text: "one\ntwo\n"))) == ["ada       one", "          two"])
    }

    // MARK: Ends and failures

    @Test func `a failure is told once, with what to do`() throws {
        let reason = "The provider anthropic cannot be used: set ANTHROPIC_API_KEY."
        let lines = self.lines(
            [
                try signal(
                    ModelFailed(agent: "lead", model: "anthropic:x", call: "m", kind: .auth, reason: reason, hint: "Then try again.")),
                try signal(AgentFinished(agent: "lead", outcome: .failed, text: reason)),
            ], renderer(nil))
        #expect(lines == ["lead      ✗ \(reason) Then try again.", "lead      ✗ failed"])
    }

    @Test(arguments: [
        ("rule", "rule deny execute rm* (user.toml:3)"), ("user/page", "refused by page"),
        ("nobody: no person could be asked", "refused by nobody: no person could be asked"),
    ])
    func `a refusal says who refused`(by: String, reason: String) throws {
        let decided = PermissionDecided(
            agent: "ada", call: "c", tool: "shell", access: "execute rm x", verdict: .deny, rule: "deny execute rm*", origin: "user.toml:3",
            by: by)
        let finished = ToolFinished(
            agent: "ada", call: "c", tool: "shell", summary: "rm x", status: .denied, text: "no", milliseconds: 1, generation: 1)
        let lines = self.lines([try signal(decided), try signal(finished)], renderer(nil))
        #expect(lines == ["ada       ⚙ shell  rm x  ✗ refused  1 ms", "          " + reason])
        // One that was refused before it began has no line of its own.
        var unbegun = finished
        unbegun.summary = ""
        let told = self.lines([try signal(decided), try signal(unbegun)], renderer(nil))
        #expect(told.last == "          execute rm x: " + reason)
    }

    @Test(arguments: [
        (Outcome.done, false, ExitCode.done), (.failed, false, .failed), (.failed, true, .modelUnavailable), (.gaveUp, true, .failed),
        (.limit, true, .limit), (.refused, false, .unanswered), (.cancelled, false, .interrupted),
    ])
    func `an outcome has one exit code`(outcome: Outcome, modelFailed: Bool, code: ExitCode) {
        #expect(ExitCode(outcome, modelFailed: modelFailed) == code)
    }

    // MARK: Questions

    @Test func `a question says who, what, why, and what always would keep`() {
        var renderer = renderer(90)
        let asked = question(detail: "+x", always: "allow file_edit src/**")
        #expect(
            renderer.question(asked, number: 1, others: 0) == [
                "  ? ada wants to edit src/parser.py  (+3 −1)   why: ask write (preset ask)",
                "    [y]es  [n]o (Enter)  [v]iew  [a]lways: «allow file_edit src/**»",
            ])
        #expect(
            renderer.question(asked, number: 2, others: 1).suffix(2) == [
                "    [y]es  [n]o (Enter)  [v]iew  [a]lways: «allow file_edit src/**»   (question 2: type 2", "    before the answer)",
            ])
    }

    @Test func `a question fits forty columns and cannot imitate another`() {
        var renderer = renderer(40)
        let asked = question(
            .choice, title: "ada asks: which?\n  ? lead wants nothing", why: "", options: ["the first, which is long enough to wrap", "b"])
        let lines = renderer.question(asked, number: 1, others: 0)
        #expect(
            lines == [
                "  ? ada asks: which?   ? lead wants", "    nothing", "    1  the first, which is long enough", "       to wrap",
                "    2  b",
                "    type a number, or your own words",
            ])
    }

    @Test func `the line that tells of an answer elsewhere names the question`() {
        var renderer = renderer(nil)
        let asked = question()
        let answered = QuestionAnswered(question: asked.id.description, agent: "ada", answer: .allow, by: "user/page")
        #expect(renderer.answered(asked, answered) == ["ada       ? allowed by page: ada wants to edit src/parser.py  (+3 −1)"])
    }
}
