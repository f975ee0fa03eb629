import LoomRepository
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("Specs", .timeLimit(.minutes(1))) struct SpecRunnerTests {
    private static let tool = """
        return {
          api = 1, description = "d", parameters = { path = { type = "string", required = true } }, access = { read = "path" },
          run = function(args) return (assert(loom.fs.read(args.path)).text) end,
        }
        """

    /// One line a case: name, and why it failed.
    private func run(_ spec: String, tool: String = tool, more: [String: String] = [:]) async throws -> [String] {
        try await reports(spec, tool: tool, more: more).flatMap(\.results).map { result in
            let failure = result.failure.map { failure in
                let values = [failure.wanted.map { "wanted \($0)" }, failure.got.map { "got \($0)" }].compactMap(\.self)
                return ([" \(failure.path):\(failure.line.map(String.init) ?? "-"): \(failure.message)"] + values).joined(separator: ", ")
            }
            return (result.name ?? "-") + (failure ?? "")
        }
    }

    private func reports(_ spec: String, tool: String, more: [String: String]) async throws -> [SpecReport] {
        let plugins = try TestPlugins(more)
        for (name, text) in try BundledHarness.files() { try plugins.write("plugins/spec/\(name)", text) }
        try plugins.write("plugins/tools/t.lua", tool)
        try plugins.write("plugins/tools/t.spec.lua", spec)
        let runner = await plugins.host.specRunner(directory: "/bundled")
        return await runner.run(try runner.specs(["plugins/tools/t.lua"]))
    }

    @Test("run each case on a made-up host of its own")
    func fresh() async throws {
        let spec = """
            local count = 0
            return {
              { "reads", function(t)
                count = count + 1
                t.host.files["a"] = "text"
                t.equal(t.run({ path = "a" }).text, "text")
              end },
              { "is fresh", function(t)
                t.equal(count, 0)
                t.equal(t.host.files, {})
                t.equal(t.run({ path = "a" }), { text = "a does not exist", error = true })
              end },
            }
            """
        #expect(try await run(spec) == ["reads", "is fresh"])
    }

    @Test("say what was wanted, what came, and the line of the case")
    func failures() async throws {
        let spec = """
            return {
              { "equal", function(t) t.equal(1 + 1, 3) end },
              { "contains", function(t)
                t.contains("abc", "x")
              end },
              { "ok", function(t) t.ok(false, "no good") end },
              { "error", function() error("said") end },
              { "fault", function() local a; return a.b end },
              { "fails", function(t) t.fails(function() end, "x") end },
            }
            """
        let file = "plugins/tools/t.spec.lua"
        #expect(
            try await run(spec) == [
                "equal \(file):2: not equal, wanted 3, got 2", "contains \(file):4: a part is missing, wanted x, got abc",
                "ok \(file):6: no good", "error \(file):7: said", "fault \(file):8: attempt to index a nil value (local 'a')",
                "fails \(file):9: no error was raised, wanted x",
            ])
    }

    @Test("a fault of the plugin is no result of the tool, and names the plugin's line")
    func faults() async throws {
        let tool = "return { api = 1, description = 'd', run = function()\n  local a\n  return a.b\nend }"
        let lines = try await run("return { { 'x', function(t) t.run({}) end } }", tool: tool)
        #expect(lines == ["x plugins/tools/t.lua:3: attempt to index a nil value (local 'a')"])
    }

    @Test("functions check their arguments and where they are called, as the real ones do")
    func checks() async throws {
        let spec = """
            return {
              { "type", function(t) t.fails(function() loom.fs.read({}) end, 'argument "path" must be a string') end },
              { "count", function(t) t.fails(function() loom.fs.read("a", {}, 3) end, "takes 2 arguments") end },
              { "phase", function(t)
                t.host.phase = "loading"
                t.fails(function() loom.fs.read("a") end, "may not be called while the file is loading")
              end },
              { "arguments", function(t) t.equal(t.run({}).text, 'missing required argument "path" (string)') end },
              { "unknown", function(t) t.contains(t.run({ path = "a", pth = 1 }).text, 'unknown argument "pth"') end },
            }
            """
        #expect(try await run(spec) == ["type", "count", "phase", "arguments", "unknown"])
    }

    @Test("a refusal ends the call, whatever the plugin does about it")
    func permissions() async throws {
        let spec = """
            return { { "is refused", function(t)
              t.host.files.a = "x"
              t.host.permit = function(kind, target) return kind ~= "read", "because" end
              t.equal(t.run({ path = "a" }), { text = "Refused: read a, because", error = true, denied = true })
              t.equal(t.host.accesses, { { kind = "read", target = "a" } })
            end } }
            """
        #expect(try await run(spec) == ["is refused"])
    }

    @Test(
        "an endless spec ends, and one that eats memory",
        arguments: [("while true do end", "did not end within"), ("local t = {} while true do t[#t + 1] = ('x'):rep(1000) end", "memory")])
    func limits(_ body: String, _ part: String) async throws {
        let lines = try await run("return { { 'x', function() \(body) end }, { 'y', function() end } }")
        #expect(lines.count == 2 && lines[0].contains(part) && lines[1] == "y", "\(lines)")
    }

    @Test(
        "a spec that cannot be loaded is one failure",
        arguments: [
            ("return {", "-: syntax", "plugins/tools/t.spec.lua:1"), ("return 1", "returns a list of cases", "plugins/tools/t.spec.lua"),
            ("return { { 'x' } }", "case 1 is none", "plugins/tools/t.spec.lua"), ("x = 1", "undeclared global 'x'", ":1"),
        ])
    func broken(_ spec: String, _ part: String, _ place: String) async throws {
        let lines = try await run(spec)
        #expect(lines.count == 1 && lines[0].contains(place), "\(lines)")
        if !part.hasPrefix("-") { #expect(lines[0].contains(part), "\(lines)") }
    }

    @Test("a plugin that does not load fails its spec with its own line")
    func brokenPlugin() async throws {
        let lines = try await run("return { { 'x', function() end } }", tool: "return {\n  x = = 1 }")
        #expect(lines.count == 1 && lines[0].hasPrefix("- plugins/tools/t.lua:2: "), "\(lines)")
    }

    @Test("what a case printed comes with it")
    func output() async throws {
        let reports = try await reports("return { { 'x', function() print('a', 1) end } }", tool: Self.tool, more: [:])
        #expect(reports.flatMap(\.results).map(\.output) == [["a\t1"]])
    }

    @Test("prompts and roles are rendered with what they include")
    func prompts() async throws {
        let plugins = try TestPlugins([
            "prompts/p.md": "You are {{ agent }}.\n{{ include \"q\" }}\n", "prompts/q.md": "Rules: {{ rules }}",
            "prompts/p.spec.lua":
                "return { { 'p', function(t) t.equal(t.render({ rules = 'be kind' }), 'You are ada.\\nRules: be kind\\n') end } }",
            "roles/r.lua": "return { api = 1, description = 'd', prompt = 'p' }",
            "roles/r.spec.lua": "return { { 'r', function(t) t.contains(t.render(), 'You are ada.') end } }",
        ])
        for (name, text) in try BundledHarness.files() { try plugins.write("plugins/spec/\(name)", text) }
        let runner = await plugins.host.specRunner(directory: "/")
        let specs = try runner.specs([])
        #expect(specs.map(\.path) == ["bundled/prompts/p.spec.lua", "bundled/roles/r.spec.lua"])
        #expect(await runner.run(specs).flatMap(\.results).compactMap(\.failure) == [])
    }

    @Test("a path that leads to no spec is told in a sentence")
    func paths() async throws {
        let plugins = try TestPlugins(["plugins/tools/a.lua": "return {}", "plugins/b.lua": ""])
        let runner = await plugins.host.specRunner(directory: "/bundled")
        func error(_ path: String) -> String {
            do throws(SpecPathError) {
                return "\(try runner.specs([path]).count)"
            } catch {
                return error.description
            }
        }
        #expect(error("nowhere") == "There is no file or folder nowhere.")
        #expect(error("plugins/tools/a.lua") == "plugins/tools/a.lua has no spec: it would be plugins/tools/a.spec.lua.")
        #expect(error("plugins/b.lua").hasPrefix("plugins/b.lua is not in a folder of plugins"))
        #expect(error("plugins") == "There is no spec below plugins.")
    }

    @Test("a save concerns the specs that used the file, and those that could not be loaded")
    func watching() async throws {
        let plugins = try TestPlugins([
            "plugins/lib/l.lua": "return 1", "plugins/tools/a.lua": "return { x = require 'lib.l' }", "plugins/tools/b.lua": "return {}",
            "plugins/tools/a.spec.lua": "return { { 'a', function() end } }",
            "plugins/tools/b.spec.lua": "return { { 'b', function() end } }",
            "plugins/tools/c.lua": "return {}", "plugins/tools/c.spec.lua": "return {",
        ])
        for (name, text) in try BundledHarness.files() { try plugins.write("plugins/spec/\(name)", text) }
        let runner = await plugins.host.specRunner(directory: "/bundled")
        var watch = SpecWatch(runner: runner, paths: [], reports: await runner.run(try runner.specs([])))
        func names(_ path: String) async -> [String] { await watch.reports(after: .changed(["/bundled/\(path)"])).map(\.spec.key.name) }
        #expect(await names("plugins/lib/l.lua") == ["a", "c"])
        #expect(await names("plugins/tools/b.spec.lua") == ["b", "c"])
        #expect(await names("plugins/spec/host.lua") == ["a", "b", "c"])
        #expect(await names("plugins/other.lua") == ["c"])
    }

    @Test("long names come back whole")
    func chunkNames() {
        let path = "/home/somebody/with/a/long/name/.config/loomkin/plugins/tools/word_count.lua"
        let short = "..." + path.suffix(56)
        #expect(ChunkNames([path]).restore("\(short):3: no") == "\(path):3: no")
    }

    @Test("script servers, models, processes, tasks and rights, and see what was asked of them")
    func reach() async throws {
        let tool = """
            return {
              api = 1, description = "d", parameters = {},
              run = function()
                local page = assert(loom.http.request{ url = "https://a.example/x" })
                local seen = {}
                loom.http.events({ url = "https://a.example/live" }, function(e) seen[#seen + 1] = e.data end)
                local words = loom.model.stream({ prompt = page.body }, function(text) seen[#seen + 1] = text end)
                local cat = loom.process.start{ command = "cat" }
                cat:write("hello")
                local both = loom.task.all{ function() return cat:line() end, function() return loom.task.spawn(function() return 2 end):await() end }
                for signal in loom.signal.subscribe("**/tool.finished") do seen[#seen + 1] = signal.type end
                seen[#seen + 1] = loom.permission.check("write", "x").verdict
                return page.status .. table.concat(seen, " ") .. words.text .. both[1] .. both[2]
              end,
            }
            """
        let spec = """
            return {
              { "reaches", function(t)
                t.host.http = function(r) return r.url:find("live") and { events = { { data = "1" } } } or { status = 201, body = "page" } end
                t.host.model = function(r) return "saw " .. r.prompt end
                t.host.start = function() return { answer = function(text) return text:upper() end } end
                t.host.coming = { { type = "tool.finished", data = {} }, { type = "other", data = {} } }
                t.equal(t.run({}).text, "2011 saw  page tool.finished allowsaw pageHELLO2")
                t.equal(#t.host.sent_requests + #t.host.questions + #t.host.started, 4)
                t.equal(t.host.accesses[1], { kind = "network", target = "a.example" })
              end },
              { "is refused", function(t)
                t.host.permit = function(kind) return kind ~= "network" end
                t.contains(t.run({}).text, "network a.example")
              end },
              { "is checked like the real ones", function(t)
                t.fails(function() loom.http.request({ url = 1, metod = "GET" }) end, "metod")
              end },
            }
            """
        #expect(try await run(spec, tool: tool) == ["reaches", "is refused", "is checked like the real ones"])
    }
}
