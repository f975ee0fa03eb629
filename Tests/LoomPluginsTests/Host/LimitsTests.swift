import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("The limits of a plugin", .timeLimit(.minutes(1))) struct LimitsTests {
    private static let path = "plugins/tools/x.lua"

    private static func loaded(_ source: String) async throws -> (TestPlugins, TestWorkspace) {
        (try await TestPlugins.loaded([path: source]), try await TestWorkspace())
    }

    private static func failure(_ plugins: TestPlugins, _ workspace: TestWorkspace) async -> String {
        do {
            return "gave " + (try await plugins.tool("x").use([:], workspace).text)
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "are refused when they are no limits, or above what the host allows",
        arguments: [
            ("limits = { memory = 5 },", #"limits.memory is no limit; did you mean "memory_mb"?"#),
            ("limits = { memory_mb = 0 },", "limits.memory_mb must be a whole number above zero, got 0"),
            ("limits = { handles = 1.5 },", "limits.handles must be a whole number above zero, got 1.5"),
            ("limits = { seconds = 'x' },", "limits.seconds must be a number above zero, got \"x\""),
            ("limits = { memory_mb = 512 },", "limits.memory_mb is 512, and the configuration allows 256 (plugins.memory_mb)"),
            ("limits = 5,", "field \"limits\" must be a table, got integer"),
        ])
    func refused(_ field: String, _ reason: String) async throws {
        let plugins = try TestPlugins([Self.path: LuaSources.tool("return 'x'", fields: field)])
        let reports = await plugins.host.load()
        #expect(reports.first?.error == "plugins/tools/x.lua:1: \(reason)")
    }

    @Test("bound its memory, above and below what others have")
    func memory() async throws {
        let take = "local t = {} for i = 1, 40 do t[i] = string.rep('x', 1 << 20) end return tostring(#t)"
        let (plain, workspace) = try await Self.loaded(LuaSources.tool(take))
        #expect(await Self.failure(plain, workspace) == "gave 40")
        let (small, _) = try await Self.loaded(LuaSources.tool(take, fields: "limits = { memory_mb = 20 },"))
        #expect(await Self.failure(small, workspace) == "x needed more memory than a plugin may have.")
        let more = take.replacing("40", with: "100")
        let (large, _) = try await Self.loaded(LuaSources.tool(more, fields: "limits = { memory_mb = 128 },"))
        #expect(await Self.failure(large, workspace) == "gave 100")
    }

    @Test("bound what a call gives back, text and data together")
    func output() async throws {
        let body = "return { text = string.rep('x', 1024), data = { string.rep('y', 1500) } }"
        let (plugins, workspace) = try await Self.loaded(LuaSources.tool(body, fields: "limits = { output_kb = 2 },"))
        #expect(await Self.failure(plugins, workspace).contains("its result has 2 KB, and limits.output_kb allows 2"))
    }

    @Test("bound the seconds of a call")
    func seconds() async throws {
        let (plugins, workspace) = try await Self.loaded(
            LuaSources.tool("while true do end", fields: "deadline = 60, limits = { seconds = 0.2 },"))
        #expect(await Self.failure(plugins, workspace) == "x did not end within 0.2 s and was stopped.")
    }

    @Test("bound what a call holds open, and what it holds ends with it")
    func handles() async throws {
        let body = """
            for number = 1, 3 do
              local task, err = loom.task.spawn(function() loom.time.sleep(100) end)
              if not task then return err.code .. ' at ' .. number end
            end
            """
        let (plugins, workspace) = try await Self.loaded(LuaSources.tool(body, fields: "limits = { handles = 2 },"))
        #expect(await Self.failure(plugins, workspace) == "gave too_many at 3")
        #expect(plugins.host.counts.owned == 0)
    }

    @Test("leave what a call holds to the call, also when its plugin was replaced, and nothing afterwards")
    func heldByCall() async throws {
        let (plugins, workspace) = try await Self.loaded(
            LuaSources.tool("loom.task.spawn(function() loom.time.sleep(100) end) loom.time.sleep(5) return 'x'"))
        let call = Task { [tool = try plugins.tool("x")] in try await tool.use([:], workspace).text }
        await plugins.clock.waitForSleepers(2)
        try plugins.write(Self.path, LuaSources.tool("return 'y'"))
        _ = await plugins.reload()
        #expect(plugins.host.counts.owned == 1)
        #expect(try plugins.summary("x").older == [OpenGeneration(generation: 1, running: 1)])
        await plugins.clock.waitForSleepers(3)
        plugins.clock.advance(by: .seconds(5))
        #expect(try await call.value == "x")
        #expect(plugins.host.counts.owned == 0)
        while plugins.host.counts.generations > 1 { await Task.yield() }
        #expect(try plugins.summary("x").older.isEmpty)
    }

    @Test("a third generation leaves the calls of the first their grace")
    func third() async throws {
        let plugins = try await TestPlugins.loaded([Self.path: LuaSources.tool("loom.time.sleep(100) return 'x'")])
        let workspace = try await TestWorkspace()
        let call = Task { [tool = try plugins.tool("x")] in try await tool.use([:], workspace).text }
        await plugins.clock.waitForSleepers(1)
        for body in ["return 'y'", "return 'z'"] {
            try plugins.write(Self.path, LuaSources.tool(body))
            _ = await plugins.reload()
        }
        #expect(try plugins.summary("x").generation == 3)
        #expect(try plugins.summary("x").older == [OpenGeneration(generation: 1, running: 1)])
        await plugins.clock.waitForSleepers(2)
        plugins.clock.advance(by: plugins.host.ports.grace)
        let error = await #expect(throws: ToolError.self) { try await call.value }
        #expect(error?.status == .interrupted)
        while plugins.host.counts.generations > 1 { await Task.yield() }
    }

    // MARK: Quarantine

    @Test("after five faults within a minute it is not called any more, until its file changes")
    func quarantine() async throws {
        let (plugins, workspace) = try await Self.loaded(LuaSources.tool("local n = nil return n.field"))
        for _ in 1...5 { #expect(await Self.failure(plugins, workspace).contains("has a fault of its own")) }
        let refusal = await Self.failure(plugins, workspace)
        #expect(refusal.hasPrefix("The tool x is quarantined after 5 faults within 60 s, the last one: plugins/tools/x.lua:1:"))
        #expect(refusal.hasSuffix("(5 times). It is called again when its file changes, or after /reload x."))
        let row = try plugins.summary("x")
        #expect(row.status == "quarantined" && row.error?.hasSuffix("(5 times)") == true && plugins.host.counts.quarantined == 1)
        #expect(plugins.reports.all.filter { $0.status == "quarantined" }.count == 1)
        #expect(plugins.logged.all.filter { $0.hasPrefix("error x") }.count == 2, "the first, and the one that was too much")

        try plugins.write(Self.path, LuaSources.tool("return 'well'"))
        _ = await plugins.reload()
        #expect(await Self.failure(plugins, workspace) == "gave well")
        #expect(try plugins.summary("x").status == "live" && plugins.summary("x").error == nil)
    }

    @Test("a plugin that is loaded anew leaves quarantine")
    func leaves() async throws {
        let (plugins, workspace) = try await Self.loaded(LuaSources.tool("local n = nil return n.field"))
        for _ in 1...6 { _ = await Self.failure(plugins, workspace) }
        _ = try await plugins.host.reload("x")
        #expect(await Self.failure(plugins, workspace).contains("has a fault of its own"))
        #expect(try plugins.summary("x").status == "live")
    }

    @Test("errors that it raises on purpose, refusals and faults that are far apart are none")
    func forgiven() async throws {
        let (plugins, workspace) = try await Self.loaded(LuaSources.tool("error('no such thing')"))
        for _ in 1...8 { #expect(await Self.failure(plugins, workspace) == "no such thing") }
        let (slow, _) = try await Self.loaded(LuaSources.tool("local n = nil return n.field"))
        for _ in 1...8 {
            #expect(await Self.failure(slow, workspace).contains("has a fault of its own"))
            slow.clock.advance(by: .seconds(20))
        }
        let (denied, _) = try await Self.loaded(LuaSources.tool("loom.fs.read('/etc/passwd') error('x')"))
        let careful = try await TestWorkspace(permissions: .readOnly)
        for _ in 1...8 { _ = await Self.failure(denied, careful) }
        #expect(try denied.summary("x").status == "live")
    }

    // MARK: Reports

    @Test("a reload's report says what changed for those who use it")
    func changes() async throws {
        let source = LuaSources.tool("return 'x'", parameters: "{ a = { type = 'string' }, b = { type = 'string' } }")
        let plugins = try await TestPlugins.loaded([Self.path: source])
        let next = LuaSources.tool(
            "return 'x'", parameters: "{ a = { type = 'integer' }, c = { type = 'string' } }", fields: "parallel = true,")
        try plugins.write(Self.path, next)
        let report = try #require(await plugins.host.reload().first)
        #expect(report.added == ["parameters.c"] && report.changed == ["parallel", "parameters.a"] && report.removed == ["parameters.b"])
        #expect(report.changes == "added parameters.c; changed parallel, parameters.a; removed parameters.b")
        #expect(try plugins.summary("x").report == report)
        try plugins.write(Self.path, next + "\n-- a word")
        #expect(await plugins.host.reload().first?.changes == nil)
    }
}
