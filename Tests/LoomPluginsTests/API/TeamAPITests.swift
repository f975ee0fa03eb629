import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("The team, rights and texts, in Lua", .timeLimit(.minutes(1))) struct TeamAPITests {
    @Test(
        "what is there to be looked at",
        arguments: [
            ("local a = loom.agent.get('ada') return a.name .. a.role .. a.state", "adacoderidle"),
            ("local a, err = loom.agent.get('eve') return tostring(a) .. err.code", "nilnot_found"),
            ("local t = loom.team.list() return #t .. t[1].name .. table.concat(t[1].agents, ',')", "1corelead,ada"),
            ("local t, err = loom.board.get('t1') return tostring(t) .. err.code", "nilnot_found"),
            ("return #loom.inbox.list() .. ''", "0"),
            ("return tostring(loom.time.monotonic() >= 0)", "true"),
            ("return loom.text.template('{{ a }}-{{b}}{{c}}', { a = 'x', b = 2, c = true })", "x-2true"),
            ("local t, err = loom.text.template('{{a}}', {}) return tostring(t) .. err.code", "nilmissing"),
            ("local p, err = loom.prompt.render('gone') return tostring(p) .. err.code", "nilprompt"),
        ])
    func looks(_ body: String, _ result: String) async throws {
        #expect(try await TestWorkspace().run(body) == result)
    }

    @Test("an agent is paused and resumed by another, never by itself")
    func control() async throws {
        let workspace = try await TestWorkspace()
        _ = try await workspace.workspace.spawn(role: "coder", name: "rui", model: nil, by: "user/test")
        let body = """
            assert(loom.agent.pause("rui"))
            local held = loom.agent.get("rui").state
            assert(loom.agent.resume("rui"))
            assert(loom.agent.stop("rui"))
            local ok, err = loom.agent.pause("ada")
            return held .. loom.agent.get("rui").state .. tostring(ok) .. err.code
            """
        #expect(try await workspace.run(body) == "pausedidlenilself")
        let asked = try await TestWorkspace(permissions: .ask)
        #expect(try await asked.run("return loom.permission.check('control', 'rui').verdict") == "ask")
    }

    @Test("a right can be looked up without asking, and required before it is needed")
    func rights() async throws {
        let workspace = try await TestWorkspace(permissions: .readOnly)
        #expect(
            try await workspace.run("local d = loom.permission.check('write', 'src/../a.txt') return d.verdict .. ' ' .. d.rule")
                == "deny deny write")
        #expect(try await workspace.run("return tostring(loom.permission.require('read', 'a.txt', '(all of it)'))") == "true")
        do {
            _ = try await workspace.run("loom.permission.require('execute', 'rm x') return 'went on'")
            Issue.record("it was not denied")
        } catch let error as ToolError {
            #expect(error.status == .denied && error.message.contains("execute rm x"))
        }
        await #expect(throws: ToolError.self) { try await workspace.run("loom.permission.check('fly', 'x')") }
    }

    @Test("a prompt sees the values it is given")
    func prompt() async throws {
        let plugins = try await TestPlugins.loaded([
            "prompts/letter.md":
                "Dear {{ values.name }}, from {{ agent }}.{% for _, x in ipairs(values.list or {}) do %} {{ x }}{% end %}\n"
        ])
        let context = PromptContext(agent: "ada", role: "coder", team: "core", project: "p", rules: "")
        let values: JSON = ["name": "Rui", "list": [1, "b"]]
        #expect(try await plugins.catalog.prompt(named: "letter", context, values: values) == "Dear Rui, from ada. 1 b\n")
    }
}
