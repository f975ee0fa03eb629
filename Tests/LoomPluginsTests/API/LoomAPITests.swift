import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("The loom API", .timeLimit(.minutes(1))) struct LoomAPITests {
    /// Runs the body as a tool in the workspace.
    private func run(_ body: String, _ workspace: TestWorkspace, settings: [String: JSON] = [:]) async throws -> String {
        let plugins = try TestPlugins(["plugins/tools/t.lua": LuaSources.tool(body)], settings: settings)
        await plugins.host.load()
        return try await plugins.tool("t").use([:], workspace).text
    }

    @Test(
        "values go to Lua and back as they were",
        arguments: [
            "{\"a\":[],\"b\":{},\"c\":null,\"d\":[null,1]}", "[]", "{}", "null", "[[],{}]", "9007199254740993", "1.5", "\"\\u0000é\"",
            "[1,2.5,\"x\",true]",
        ])
    func json(_ text: String) async throws {
        let body = "return loom.json.encode(loom.json.decode([==[\(text)]==]))"
        #expect(try await run(body, try await TestWorkspace()) == text)
    }

    @Test(
        "pure functions",
        arguments: [
            ("return loom.json.encode({})", "{}"), ("return loom.json.encode(loom.json.array({}))", "[]"),
            ("local list = loom.json.array({}) list[1] = 'x' return loom.json.encode(list)", "[\"x\"]"),
            ("return loom.json.encode({ x = loom.json.null })", "{\"x\":null}"),
            ("return tostring(loom.json.decode('[null]')[1] == loom.json.null)", "true"),
            ("return loom.json.encode({ a = 1 }, true)", "{\n  \"a\": 1\n}"),
            ("local v, err = loom.json.decode('{') return tostring(v) .. ' ' .. err.code", "nil invalid_json"),
            ("return (select(2, loom.json.decode('x')))", ""),
        ])
    func pure(_ body: String, _ result: String) async throws {
        let workspace = try await TestWorkspace()
        if result.isEmpty {
            await #expect(throws: ToolError.self) { _ = try await run("return { err = \(body.dropFirst(7)) }", workspace) }
        } else {
            #expect(try await run(body, workspace) == result)
        }
    }

    @Test("its tables are there when they are looked for, and nothing of the host's own is")
    func tables() async throws {
        let workspace = try await TestWorkspace()
        let all = "local names = {} for name in pairs(loom) do names[#names + 1] = name end return table.concat(names, ' ')"
        let names = try await run(all, workspace)
        #expect(Set(names.split(separator: " ").map(String.init)) == Set(APIFunction.all.map { $0.space ?? $0.name }))
        let inner =
            "local all = '' for _, name in ipairs { 'inner', 'tables', 'Process', 'gone' } do all = all .. tostring(loom[name]) end return all"
        #expect(try await run(inner, workspace) == "nilnilnilnil")
        let kept = "local key = 'gone' return tostring(loom.fs == loom.fs and loom.fs[key]) .. tostring(getmetatable(loom))"
        #expect(try await run(kept, workspace) == "nilfalse")
    }

    @Test("text, time, configuration")
    func small() async throws {
        let workspace = try await TestWorkspace()
        #expect(try await run("return loom.time.now()", workspace) == "2026-01-01T00:00:00.000000000Z")
        #expect(
            try await run("return loom.config.get('a.b') .. tostring(loom.config.get('c'))", workspace, settings: ["a.b": "x"]) == "xnil")
        #expect(try await run("return loom.text.diff('a\\nb\\n', 'a\\nc\\n')", workspace).contains("-b\n+c\n"))
        #expect(try await run("return loom.text.diff('a', 'a')", workspace) == "")
        #expect(try await run("return #loom.text.truncate(('x'):rep(1000), 100) < 200 and 'cut'", workspace) == "cut")
    }

    @Test(
        "a file without an outline is nil and an error with its code and its path",
        arguments: [
            ("a.py", "no_grammar a.py has no outline. There is no grammar for files ending in .py (python)."),
            ("a.txt", "no_grammar a.txt has no outline. Files ending in .txt have no outline."),
            ("gone.py", "not_found gone.py"), (".", "is_directory ."), ("../a.py", "outside_project"),
        ])
    func outline(_ path: String, _ told: String) async throws {
        let workspace = try await TestWorkspace()
        try workspace.files.write("x = 1\n", to: "/p/a.py")
        try workspace.files.write("x\n", to: "/p/a.txt")
        let body = "local o, err = loom.repo.outline('\(path)') return tostring(o) .. err.code .. ' ' .. err.message"
        let text = try await run(body, workspace)
        #expect(text.hasPrefix("nil" + told), "\(text)")
    }

    @Test("reads, writes, lists and looks at files; what is missing is nil and an error with its text")
    func files() async throws {
        let workspace = try await TestWorkspace()
        try workspace.files.write("one\ntwo\nthree\n", to: "/p/a.txt")
        let read = try await run(
            "local f = loom.fs.read('a.txt', { offset = 2, limit = 1 }) return loom.json.encode(f)", workspace)
        let file = try JSON.parse(read)
        #expect(file["text"] == "two\n" && file["first_line"] == 2 && file["line_count"] == 1 && file["total_lines"] == 3)
        #expect(file["path"] == "a.txt" && file["line_ending"] == "lf" && file["size"] == 14)
        let write = try await run(
            "loom.fs.read('a.txt') local w = assert(loom.fs.write('a.txt', 'one\\n')) return w.added .. ' ' .. w.removed .. ' ' .. tostring(w.created)",
            workspace)
        #expect(write == "0 2 false")
        #expect(try await run("local e = loom.fs.list('.') return e[1].name .. e[1].kind .. e[1].size", workspace) == "a.txtfile4")
        #expect(try await run("return tostring(loom.fs.stat('b.txt')) .. loom.fs.stat('a.txt').kind", workspace) == "nilfile")
        #expect(
            try await run(
                "local f, err = loom.fs.read('b.txt') return tostring(f) .. ' ' .. err.code .. ' ' .. tostring(err) .. ' ' .. err.message",
                workspace) == "nil not_found b.txt does not exist. b.txt does not exist.")
        #expect(try await run("local f = loom.fs.glob('*.txt') return f.files[1] .. f.total", workspace) == "a.txt1")
    }

    @Test("searches the content of files")
    func search() async throws {
        let workspace = try await TestWorkspace()
        try workspace.files.write("zero\none\ntwo\nthree\nTwo\n", to: "/p/a.txt")
        let request = "{ pattern = 'two', literal = true, context = 1, case = 'sensitive', mode = 'MODE' }"
        let body = "return loom.json.encode(assert(loom.fs.search(\(request))))"
        let content = try JSON.parse(try await run(body.replacing("MODE", with: "content"), workspace))
        let lines: JSON = [
            ["number": 2, "text": "one", "is_match": false], ["number": 3, "text": "two", "is_match": true],
            ["number": 4, "text": "three", "is_match": false],
        ]
        #expect(content == ["truncated": false, "files": [["path": "a.txt", "match_count": 1, "lines": lines]]])
        let count = try JSON.parse(try await run(body.replacing("MODE", with: "count"), workspace))
        #expect(count["files"]?[0]?["match_count"] == 1)
    }

    @Test("a denied access ends the call as denied, however the plugin goes about it")
    func denied() async throws {
        let workspace = try await TestWorkspace(permissions: .readOnly)
        for body in ["assert(loom.fs.write('a', 'x'))", "loom.fs.write('a', 'x') return 'went on'"] {
            do throws(ToolError) {
                let plugins: TestPlugins
                do { plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": LuaSources.tool(body)]) } catch { return }
                guard let tool = plugins.catalog.tool("t") as? LuaTool else { return }
                _ = try await tool.use([:], workspace)
                Issue.record("the write was not refused")
            } catch {
                #expect(error.status == .denied)
                #expect(error.message.hasPrefix("Refused"))
                #expect(!error.message.contains("t.lua"))
            }
        }
        #expect(!workspace.files.exists("/p/a"))
    }

    @Test("asks the person and waits")
    func ask() async throws {
        let workspace = try await TestWorkspace()
        let signals = workspace.workspace.bus.subscribe(name: "test")
        async let answer = run("return loom.ask.user({ question = 'Which?', options = { 'a', 'b' } })", workspace)
        var asked: Question?
        while asked == nil, let batch = await signals.next() {
            asked = batch.lazy.compactMap { $0.payload(QuestionAsked.self)?.question }.first
        }
        let question = try #require(asked)
        #expect(question.options == ["a", "b"])
        try await workspace.workspace.answer(question.id, .text("b"), by: "user/test")
        #expect(try await answer == "b")
    }

    @Test("knows the agent, and keeps to its phase")
    func phases() async throws {
        let workspace = try await TestWorkspace()
        #expect(try await run("local me = loom.agent.self() return me.name .. me.role .. me.team", workspace) == "adacodercore")
        #expect(try await run("return #loom.board.list() .. type(loom.agent.list())", workspace) == "0table")
        await #expect(throws: ToolError.self) { try await run("loom.board.assign({ titel = 'x', agent = 'ada' })", workspace) }
    }
}
