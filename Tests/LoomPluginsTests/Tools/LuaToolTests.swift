import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("A Lua tool", .timeLimit(.minutes(1))) struct LuaToolTests {
    private func tool(_ source: String, _ more: [String: String] = [:]) async throws -> LuaTool {
        try await TestPlugins.loaded(more.merging(["plugins/tools/t.lua": source]) { _, new in new }).tool("t")
    }

    private func run(_ body: String, _ arguments: JSON = [:], parameters: String = "{}", fields: String = "") async throws -> ToolResult {
        let tool = try await tool(LuaSources.tool(body, parameters: parameters, fields: fields))
        return try await tool.use(arguments, try await TestWorkspace())
    }

    private func failure(_ body: String, fields: String = "") async throws -> ToolError {
        let tool = try await tool(LuaSources.tool(body, fields: fields))
        let workspace = try await TestWorkspace()
        do throws(ToolError) {
            let result = try await tool.use([:], workspace)
            throw ToolError("it returned \(result)", status: .ok)
        } catch {
            return error
        }
    }

    @Test(
        "gives back what run returned",
        arguments: [
            ("return 'hi'", ToolResult("hi")), ("return 7", ToolResult("7")), ("return", ToolResult("")),
            ("return { text = 'x', data = { n = 1, list = { 1, 2 } } }", ToolResult("x", data: ["n": 1, "list": [1, 2]])),
            ("return { text = 'no', error = true }", ToolResult("no", status: .error)),
            ("return '\\xff'", ToolResult("\u{FFFD}")),
            ("return ctx.agent .. ' ' .. ctx.role .. ' ' .. ctx.team .. ' ' .. ctx.call", ToolResult("ada coder core c1")),
        ] as [(String, ToolResult)])
    func results(_ body: String, _ result: ToolResult) async throws {
        #expect(try await run(body) == result)
    }

    @Test("gets arguments that are checked and coerced, and empty lists without any mark")
    func arguments() async throws {
        let parameters = """
            { n = { type = 'integer', default = 3 }, list = { type = 'array' }, path = { type = 'string', required = true } }
            """
        let body = "return ('%s %d %s %s'):format(args.path, args.n, math.type(args.n), next(args.list or { 1 }))"
        #expect(try await run(body, ["path": "a", "n": "5", "list": []], parameters: parameters).text == "a 5 integer nil")
        let tool = try await tool(LuaSources.tool("", parameters: parameters))
        #expect(throws: ToolError("t: missing required argument \"path\" (string).")) { try tool.validate([:]) }
        #expect(throws: ToolError("t: unknown argument \"pth\"; did you mean \"path\"?.")) { try tool.validate(["pth": 1]) }
        #expect(tool.schema.parameters["required"] == ["path"])
    }

    @Test(
        "fails with what the plugin said, or with the plugin's own fault, and a trace for people",
        arguments: [
            ("error('no such thing')", "no such thing"),
            ("error('no such thing', 0)", "no such thing"),
            ("error({ message = 'table' })", "table"),
            ("assert(nil, 'asserted')", "asserted"),
            (
                "assert(loom.json.decode('{'))",
                "Not valid JSON at line 1, column 2: expected a key in double quotes, found the end of the text."
            ),
            (
                "local x = nil return x.y",
                "The tool t has a fault of its own: plugins/tools/t.lua:1: attempt to index a nil value (local 'x')"
            ),
            (
                "loom.fs.read()",
                "The tool t has a fault of its own: plugins/tools/t.lua:1: loom.fs.read: argument \"path\" must be string, got nil"
            ),
            ("return {}", "The tool t has a fault of its own: run returned a table without text."),
            ("return { 1 }", "The tool t has a fault of its own: run returned a list; it returns a text, or a table with text."),
            (
                "return { text = 'x', dat = 1 }",
                "The tool t has a fault of its own: run returned a table with \"dat\"; did you mean \"data\"?."
            ),
            ("return print", "The tool t has a fault of its own: plugins/tools/t.lua: its result is no plain data: a function is no data"),
        ])
    func failures(_ body: String, _ message: String) async throws {
        let error = try await failure(body)
        #expect(error.message == message)
        #expect(error.status == .error)
    }

    @Test("a fault has a traceback that names the line")
    func trace() async throws {
        let trace = try #require(try await failure("local function inner() error('x') end inner()").trace)
        #expect(trace.contains("plugins/tools/t.lua:1:"))
        #expect(trace.contains("stack traceback"))
    }

    @Test("an endless loop is stopped at its deadline, and the state works on")
    func deadline() async throws {
        let tool = try await tool(
            LuaSources.tool(
                "if args.loop then while true do end end return 'fine'", parameters: "{ loop = { type = 'boolean' } }",
                fields: "deadline = 0.05,"))
        let workspace = try await TestWorkspace()
        await #expect(throws: ToolError.self) { try await tool.use(["loop": true], workspace) }
        do throws(ToolError) {
            _ = try await tool.use(["loop": true], workspace)
        } catch {
            #expect(error.status == .timedOut)
            #expect(error.message == "t did not end within 0.05 s and was stopped.")
        }
        #expect(try await tool.use([:], workspace).text == "fine")
    }

    /// A busy machine may need longer than a short deadline to come to the question at all. So the deadline grows until one was kept.
    @Test("the time that a person is waited for does not count") func waitingForAPerson() async throws {
        for seconds in [1, 4] where try await answer(afterDeadlineOf: seconds) == .success("that") { return }
        #expect(try await answer(afterDeadlineOf: 16) == .success("that"))
    }

    /// What a tool returns that asks a person, who answers when the tool's deadline has long passed.
    private func answer(afterDeadlineOf seconds: Int) async throws -> Result<String, ToolError> {
        let plugins = try await TestPlugins.loaded([
            "plugins/tools/ask.lua": LuaSources.tool("return loom.ask.user({ question = 'Which?' })", fields: "deadline = \(seconds),"),
            "plugins/tools/loop.lua": LuaSources.tool("while true do end", fields: "deadline = \(seconds) + 0.2,"),
        ])
        let workspace = try await TestWorkspace()
        let signals = workspace.workspace.bus.subscribe(name: "test")
        let call = Task { [tool = try plugins.tool("ask")] () -> Result<String, ToolError> in
            // Also when its time was up before it asked.
            defer { signals.cancel() }
            do throws(ToolError) { return .success(try await tool.use([:], workspace).text) } catch { return .failure(error) }
        }
        var asked: Question?
        while asked == nil, let batch = await signals.next() {
            asked = batch.lazy.compactMap { $0.payload(QuestionAsked.self)?.question }.first
        }
        guard let asked else { return await call.value }
        // This one's longer deadline passes meanwhile.
        await #expect(throws: ToolError.self) { try await plugins.tool("loop").use([:], workspace) }
        try? await workspace.workspace.answer(asked.id, .text("that"), by: "user/test")
        return await call.value
    }

    @Test("a cancelled call is told so")
    func cancelled() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": LuaSources.tool("loom.time.sleep(100)")])
        let workspace = try await TestWorkspace()
        let call = Task { [tool = try plugins.tool("t")] in try await tool.use([:], workspace) }
        await plugins.clock.waitForSleepers(1)
        call.cancel()
        await #expect(throws: ToolError("The call of t was cancelled.", status: .cancelled)) { try await call.value }
    }

    @Test("says what it would touch, by a table or a function")
    func access() async throws {
        let parameters = "{ path = { type = 'string' }, to = { type = 'array', items = { type = 'string' } } }"
        let byTable = try await tool(
            LuaSources.tool("", parameters: parameters, fields: "access = { read = 'path', write = 'path', message = { 'to' } },"))
        #expect(
            try await byTable.access(["path": "a", "to": ["ada", "lin"]]) == [
                Access(.message, "ada"), Access(.message, "lin"), Access(.read, "a"), Access(.write, "a"),
            ])
        #expect(try await byTable.access([:]) == [Access(.read, ".")])

        let byFunction = try await tool(
            LuaSources.tool(
                "", parameters: parameters,
                fields: "access = function(args) return { { kind = 'execute', target = 'git ' .. args.path } } end,"))
        #expect(try await byFunction.access(["path": "a"]) == [Access(.execute, "git a")])

        let nothing = try await tool(LuaSources.tool("", fields: "access = function() return {} end,"))
        #expect(try await nothing.access([:]) == [])
        let wrong = try await tool(LuaSources.tool("", fields: "access = function() return { { kind = 'reed' } } end,"))
        await #expect(throws: ToolError.self) { try await wrong.access([:]) }
        let refusing = try await tool(LuaSources.tool("", fields: "access = function() error('ref begins with a dash', 0) end,"))
        await #expect(throws: ToolError.self) { try await refusing.access([:]) }
        let touching = try await tool(LuaSources.tool("", fields: "access = function() return loom.fs.read('x') end,"))
        do throws(ToolError) {
            _ = try await touching.access([:])
        } catch {
            #expect(error.message.contains("loom.fs.read may not be called in a tool's access or summary, only in a tool's run"))
        }
    }

    @Test("sums itself up in one line")
    func summary() async throws {
        let parameters = "{ path = { type = 'string', required = true }, other = { type = 'string' } }"
        let byDefault = try await tool(LuaSources.tool("", parameters: parameters))
        #expect(await byDefault.summary(["path": "a\nb", "other": "x"]) == "a")
        let byName = try await tool(LuaSources.tool("", parameters: parameters, fields: "summary = 'other',"))
        #expect(await byName.summary(["path": "a", "other": "x"]) == "x")
        let byFunction = try await tool(
            LuaSources.tool("", parameters: parameters, fields: "summary = function(args) return '→ ' .. args.path end,"))
        #expect(await byFunction.summary(["path": "a"]) == "→ a")
        let failing = try await tool(LuaSources.tool("", fields: "summary = function(args) return nil .. 'x' end,"))
        #expect(await failing.summary([:]) == "")
    }

    @Test("a hundred calls at once do not wait for each other")
    func concurrency() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": LuaSources.tool("loom.time.sleep(1) return 'done'")])
        let workspace = try await TestWorkspace()
        let tool = try plugins.tool("t")
        let calls = (0..<100).map { _ in Task { try await tool.use([:], workspace).text } }
        await plugins.clock.waitForSleepers(100)
        #expect(try plugins.summary("t").running == 100)
        plugins.clock.advance(by: .seconds(1))
        for call in calls { #expect(try await call.value == "done") }
    }
}
