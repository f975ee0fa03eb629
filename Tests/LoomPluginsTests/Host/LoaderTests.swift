import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("Loading") struct LoaderTests {
    static let good = LuaSources.tool("return 'hi'")

    @Test("finds the plugins of all kinds, and leaves specs and droppings alone")
    func kinds() async throws {
        let plugins = try await TestPlugins.loaded([
            "plugins/tools/hello.lua": Self.good, "plugins/tools/hello.spec.lua": "error('not a plugin')",
            "plugins/tools/.#hello.lua": "x", "plugins/tools/notes.txt": "x",
            "plugins/providers/fake.lua": "return { api = 1, stream = function(call, emit) end }",
            "plugins/lib/util.lua": "return { one = 1 }",
            "plugins/scenarios/demo.lua": "return { roles = { lead = {} } }",
            "roles/coder.lua": LuaSources.role(tools: "{ 'hello' }"), "prompts/coder.md": "You are {{ agent }}.",
        ])
        #expect(
            plugins.catalog.plugins.map { "\($0.kind) \($0.name) \($0.root) \($0.path) \($0.generation) \($0.status)" } == [
                "lib util bundled plugins/lib/util.lua 1 live", "prompt coder bundled prompts/coder.md 1 live",
                "provider fake bundled plugins/providers/fake.lua 1 live", "role coder bundled roles/coder.lua 1 live",
                "scenario demo bundled plugins/scenarios/demo.lua 1 live", "tool hello bundled plugins/tools/hello.lua 1 live",
            ])
        #expect(plugins.catalog.role("coder")?.tools == ["hello"])
        #expect(plugins.catalog.provider("fake")?.generation == 1)
    }

    @Test("keeps the names of built-in commands from plugins")
    func builtInCommands() async throws {
        let source = "return { api = 1, description = 'x', run = function(args) return args.text end }"
        let plugins = try TestPlugins(["plugins/commands/help.lua": source, "plugins/commands/hello.lua": source])
        let failed = await plugins.host.load().compactMap(\.error)
        #expect(failed == ["plugins/commands/help.lua: /help is a command of loomkin's own; give the file another name"])
        #expect(plugins.catalog.commands.map(\.name) == ["hello"])
    }

    private static let badTools: [(source: String, error: String)] = [
        ("return {", ":1: unexpected symbol near <eof>"),
        ("return 1", ":1: a tool returns a table of named fields, this returns number"),
        ("local x = 1\nreturn { 1, 2 }", ":2: a tool returns a table of named fields, this returns a list"),
        ("return {}", ":1: missing field \"api\"; add api = 1"),
        ("return {\n  api = 2 }", ":2: api is 2, and this Loomkin offers api 1"),
        ("return {\n  api = 1,\n  paramters = {} }", ":3: unknown field \"paramters\"; did you mean \"parameters\"?"),
        ("return {\n  api = 1 }", ":1: missing field \"description\", a string: what the model reads to decide whether to call it"),
        ("return {\n api = 1,\n description = 7 }", ":3: field \"description\" must be a string, got number"),
        (
            "return { api = 1, description = ' ' }",
            ":1: field \"description\" is empty; it is what the model reads to decide whether to call it"
        ),
        ("return { api = 1, description = 'x' }", ":1: missing field \"run\", function(args, ctx): what the tool does"),
        ("return { api = 1, description = 'x',\n run = 'y' }", ":2: field \"run\" must be a function, got string"),
        ("return { api = 1, description = 'x', run = print,\n parallel = 1 }", ":2: field \"parallel\" must be a boolean, got number"),
        ("return { api = 1, description = 'x', run = print,\n deadline = -1 }", ":2: field \"deadline\" must be above zero, got -1"),
        (
            "return { api = 1, description = 'x', run = print,\n parameters = {\n  a = { type = 'strng' } } }",
            ":3: parameters.a.type is \"strng\", which is no type; did you mean \"string\"?"
        ),
        (
            "return { api = 1, description = 'x', run = print,\n parameters = {\n  a = { type = 'string',\n   requird = true } } }",
            ":4: parameters.a.requird is not a field of a parameter; did you mean \"required\"?"
        ),
        (
            "return { api = 1, description = 'x', run = print, parameters = { path = { type = 'string' } },\n access = { raed = 'path' } }",
            ":2: access.raed is no kind of access; did you mean \"read\"?"
        ),
        (
            "return { api = 1, description = 'x', run = print, parameters = { path = { type = 'string' } },\n access = { read = 'pth' } }",
            ":2: access.read must name an argument of the tool, got \"pth\"; did you mean \"path\"?"
        ),
        (
            "return { api = 1, description = 'x', run = print,\n summary = 'pth' }",
            ":2: field \"summary\" must name an argument or be a function(args), got \"pth\""
        ),
        (
            "\nlocal text = loom.fs.read('a')",
            ":2: loom.fs.read may not be called while the file is loading, only in a tool's run, in a hook, in a command's run or in a service"
        ),
        ("count = 1", ":1: undeclared global 'count' is assigned (write `local count`)"),
        ("\nreturn { x = cuont }", ":2: undeclared global 'cuont' is read"),
        ("error('no luck')", ":1: no luck"),
        ("\nlocal x = nil\nreturn x.y", ":3: attempt to index a nil value (local 'x')"),
        ("local u = require 'lib.utl'", ":1: there is no module \"lib.utl\"; did you mean \"lib.util\"?"),
        ("return io.open('x')", ":1: undeclared global 'io' is read"),
        ("while true do end", ""),
    ]

    @Test("names file, line and cause of every mistake in a tool", arguments: badTools.indices)
    func badTool(_ index: Int) async throws {
        let (source, error) = Self.badTools[index]
        let plugins = try TestPlugins(["plugins/tools/bad.lua": source, "plugins/lib/util.lua": "return {}"])
        let failed = await plugins.host.load().filter { $0.status == "failed" }
        #expect(failed.map(\.plugin) == ["bad"])
        let text = try #require(failed.first?.error)
        if error.isEmpty {
            #expect(text.contains("deadline"))
        } else {
            #expect(text == "plugins/tools/bad.lua" + error)
        }
        #expect(plugins.catalog.tool("bad") == nil)
        #expect(try plugins.summary("bad").status == "broken")
        #expect(try plugins.summary("bad").error == text)
    }

    @Test(
        "names file, line and cause of every mistake in other kinds",
        arguments: [
            (
                "plugins/providers/p.lua", "return { api = 1 }",
                "plugins/providers/p.lua:1: missing field \"request\" (with \"decode\"), or \"stream\""
            ),
            (
                "plugins/providers/p.lua", "return { api = 1, request = print }",
                "plugins/providers/p.lua:1: missing field \"decode\", function(event, emit, state): what an event of the answer means"
            ),
            (
                "plugins/providers/p.lua", "return { api = 1, stream = print,\n decode = print }",
                "plugins/providers/p.lua:2: a provider has either stream, or request and decode"
            ),
            (
                "plugins/providers/p.lua", "return { api = 1, stream = print, credentials = {\n key = 'X' } }",
                "plugins/providers/p.lua:2: credentials.key is no field of credentials; there is base_url, base_url_env, key_env, kind, "
                    + "optional, service, settings"
            ),
            (
                "plugins/providers/p.lua", "return { api = 1, stream = print, credentials = {\n base_url = 'x' } }",
                "plugins/providers/p.lua:2: credentials.base_url must be an http or https URL, got \"x\""
            ),
            (
                "roles/r.lua", "return { api = 1, description = 'x',\n model = 'fsat' }",
                "roles/r.lua:2: field \"model\" is \"fsat\", which is neither a tier nor provider:model; did you mean \"fast\"?"
            ),
            (
                "roles/r.lua", "return { api = 1, description = 'x', prompt = 'p',\n tools = { 'helo' } }",
                "roles/r.lua:2: there is no tool \"helo\"; did you mean \"hello\"?"
            ),
            (
                "roles/r.lua", "return { api = 1, description = 'x',\n prompt = 'pp' }",
                "roles/r.lua:2: there is no prompt \"pp\"; did you mean \"p\"?"
            ),
            (
                "roles/r.lua", "return { api = 1, description = 'x', prompt = 'p',\n tools = { 1 } }",
                "roles/r.lua:2: field \"tools\" must be a list of strings, it holds 1"
            ),
            ("prompts/q.md", "one\n\n{{ agent", "prompts/q.md:3: {{ is not closed by }}"),
            ("prompts/q.md", "---\ndescription: b\n---\none\n{% if x %}", "prompts/q.md:5: 'then' expected near 'end'"),
            ("prompts/q.md", "one\n{{ include \"pp\" }}", "prompts/q.md:2: there is no prompt \"pp\"; did you mean \"p\"?"),
            ("prompts/q.md", "one\n{{ include \"q\" }}", "prompts/q.md:2: the prompts include each other: q → q"),
            ("plugins/scenarios/s.lua", "return {}", "plugins/scenarios/s.lua:1: a scenario returns a table with roles or agents"),
            ("plugins/lib/l.lua", "return {\n", "plugins/lib/l.lua:2: unexpected symbol near <eof>"),
        ])
    func badOther(_ path: String, _ source: String, _ error: String) async throws {
        let plugins = try TestPlugins([path: source, "plugins/tools/hello.lua": Self.good, "prompts/p.md": "p"])
        #expect(await plugins.host.load().compactMap(\.error) == [error])
    }

    @Test("one broken plugin leaves the others alone")
    func independence() async throws {
        let plugins = try TestPlugins(["plugins/tools/a.lua": "return {", "plugins/tools/b.lua": Self.good])
        await plugins.host.load()
        #expect(plugins.catalog.tools.map(\.schema.name) == ["b"])
    }

    @Test("a later root's plugin stands in front, and a broken one lets the earlier go on")
    func shadowing() async throws {
        let plugins = try TestPlugins(["plugins/tools/a.lua": Self.good, "plugins/tools/b.lua": Self.good])
        try plugins.write("plugins/tools/a.lua", LuaSources.tool("return 'mine'"), in: TestPlugins.project)
        try plugins.write("plugins/tools/b.lua", "return {", in: TestPlugins.user)
        await plugins.host.load()
        let (a, b) = (try plugins.summary("a"), try plugins.summary("b"))
        #expect(a.root == "project" && a.shadows == ["bundled"] && a.status == "live")
        #expect(b.root == "bundled" && b.status == "failed")
        #expect(b.error == "user/plugins/tools/b.lua:1: unexpected symbol near <eof>")
    }

    @Test("a tool that a project adds is for every role, or for those it names")
    func addedTools() async throws {
        let plugins = try TestPlugins([
            "plugins/tools/a.lua": Self.good, "plugins/tools/b.lua": Self.good, "prompts/p.md": "p",
            "roles/coder.lua": LuaSources.role(tools: "{ 'a' }", prompt: "p"), "roles/lead.lua": LuaSources.role(prompt: "p"),
        ])
        try plugins.write("plugins/tools/b.lua", Self.good, in: TestPlugins.project)
        try plugins.write("plugins/tools/mine.lua", Self.good, in: TestPlugins.project)
        try plugins.write("plugins/tools/led.lua", LuaSources.tool("", fields: "roles = { 'lead' },"), in: TestPlugins.project)
        try plugins.write("plugins/tools/odd.lua", LuaSources.tool("", fields: "roles = { 'laed' },"), in: TestPlugins.project)
        let errors = await plugins.host.load().compactMap(\.error)
        #expect(errors == [".loomkin/plugins/tools/odd.lua:1: there is no role \"laed\"; did you mean \"lead\"?"])
        #expect(plugins.catalog.role("coder")?.tools == ["a", "mine"])
        #expect(plugins.catalog.role("lead")?.tools == ["led", "mine"])
    }

    @Test("a root that is added later takes its place in front")
    func addedRoot() async throws {
        let plugins = try TestPlugins(["plugins/tools/a.lua": Self.good], roots: [TestPlugins.bundled])
        try plugins.write("plugins/tools/a.lua", LuaSources.tool("return 'mine'"), in: TestPlugins.project)
        await plugins.host.load()
        #expect(try plugins.summary("a").root == "bundled")
        #expect(await plugins.host.add(TestPlugins.project).map(TestPlugins.line) == ["tool a reloaded 1>2"])
        #expect(try plugins.summary("a").root == "project")
    }

    @Test("the check tries a file without putting it in place")
    func check() async throws {
        let plugins = try TestPlugins(["plugins/tools/a.lua": Self.good, "plugins/tools/b.lua": "return {"])
        try plugins.write("plugins/tools/c.lua", "return { api = 2 }", in: PluginRoot(name: "", folder: "/elsewhere"))
        let all = await plugins.host.check(nil)
        #expect(all.checked == ["plugins/tools/a.lua", "plugins/tools/b.lua"])
        #expect(all.faults.map(\.description) == ["plugins/tools/b.lua:1: unexpected symbol near <eof>"])
        #expect(await plugins.host.check("/bundled/plugins/tools/a.lua").faults.isEmpty)
        let outside = await plugins.host.check("/elsewhere/plugins/tools/c.lua")
        #expect(outside.faults.map(\.description) == ["/elsewhere/plugins/tools/c.lua:1: api is 2, and this Loomkin offers api 1"])
        #expect(await plugins.host.check("/elsewhere/x.lua").faults.count == 1)
        #expect(plugins.catalog.tools.isEmpty)
    }

    @Test("what a plugin prints goes to the log with its name")
    func log() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": "print('x', 1) loom.log('warning', 'w') " + Self.good])
        #expect(plugins.logged.all == ["info a: x\t1", "warning a: w"])
    }
}
