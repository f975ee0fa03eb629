import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("What a plugin remembers", .timeLimit(.minutes(1))) struct StateTests {
    private static let path = "plugins/tools/x.lua"
    private static let count = LuaSources.tool("local n = (loom.state.get('n') or 0) + 1 assert(loom.state.set('n', n)) return tostring(n)")

    private static func attached(_ texts: [String: String]) async throws -> (TestPlugins, TestWorkspace) {
        let plugins = try await TestPlugins.loaded(texts)
        let workspace = try await TestWorkspace()
        await plugins.host.attach(workspace.workspace)
        return (plugins, workspace)
    }

    private static func use(_ plugins: TestPlugins, _ workspace: TestWorkspace, _ name: String = "x") async throws -> String {
        try await plugins.tool(name).use([:], workspace).text
    }

    @Test("in loom.state passes to the next generation; its own locals do not")
    func passes() async throws {
        let (plugins, workspace) = try await Self.attached([Self.path: Self.count])
        #expect(try await Self.use(plugins, workspace) == "1")
        #expect(try await Self.use(plugins, workspace) == "2")
        try plugins.write(Self.path, Self.count + "\n-- changed")
        #expect(await plugins.reload() == ["tool x reloaded 1>2"])
        #expect(try await Self.use(plugins, workspace) == "3")
    }

    @Test("belongs to its kind and name")
    func separate() async throws {
        let (plugins, workspace) = try await Self.attached([Self.path: Self.count, "plugins/tools/y.lua": Self.count])
        #expect(try await Self.use(plugins, workspace, "x") == "1")
        #expect(try await Self.use(plugins, workspace, "y") == "1")
    }

    @Test("is not written in its old shape while a successor translates it, though there was nothing yet")
    func holdsTheFirst() {
        let memory = PluginMemory()
        #expect(memory.hold().values.isEmpty)
        guard case .held = memory.set("all", 1) else {
            Issue.record("it was written")
            return
        }
        memory.release()
        guard case .done = memory.set("all", 1) else {
            Issue.record("it is still held")
            return
        }
    }

    @Test("goes through migrate, which sees what there was and from which generation")
    func migrates() async throws {
        let (plugins, workspace) = try await Self.attached([Self.path: Self.count])
        _ = try await Self.use(plugins, workspace)
        let body = "return loom.json.encode(loom.state.get('all'))"
        try plugins.write(
            Self.path, LuaSources.tool(body, fields: "migrate = function(old, from) return { all = { n = old.n + 10, from = from } } end,"))
        #expect(await plugins.reload() == ["tool x reloaded 1>2"])
        #expect(try await Self.use(plugins, workspace) == #"{"from":1,"n":11}"#)
    }

    @Test(
        "keeps the old generation when migrate fails",
        arguments: [
            ("migrate = function(old) return old.missing.field end,", "x.lua:1: migrate failed for the state of generation 1"),
            ("migrate = function() error('no way') end,", "no way"),
            ("migrate = function() return 7 end,", "migrate must return the new state as a table, got integer"),
            ("migrate = function() while true do end end,", "migrate failed for the state of generation 1"),
            ("migrate = function() loom.state.set('a', 1) end,", "may not be called in migrate"),
            ("migrate = 5,", "field \"migrate\" must be a function"),
        ])
    func refused(_ field: String, _ reason: String) async throws {
        let (plugins, workspace) = try await Self.attached([Self.path: Self.count])
        _ = try await Self.use(plugins, workspace)
        try plugins.write(Self.path, LuaSources.tool("return 'new'", fields: field))
        let reports = await plugins.reload()
        #expect(reports.count == 1 && reports[0].hasPrefix("tool x failed 1>-"))
        #expect(reports[0].contains(reason), "\(reports)")
        #expect(try await Self.use(plugins, workspace) == "2", "its writes go on")
    }

    @Test("is not translated where there is nothing")
    func nothing() async throws {
        let (plugins, _) = try await Self.attached([Self.path: LuaSources.tool("return 'old'")])
        try plugins.write(Self.path, LuaSources.tool("return 'new'", fields: "migrate = function() error('never') end,"))
        #expect(await plugins.reload() == ["tool x reloaded 1>2"])
    }

    @Test("is not written by a generation that was replaced, which still reads what it had", arguments: ["state", "store"])
    func stale(_ space: String) async throws {
        let old = LuaSources.tool(
            """
            loom.\(space).set('k', 'before')
            loom.time.sleep(5)
            local ok, err = loom.\(space).set('k', 'late')
            return tostring(ok) .. ' ' .. err.code .. ' ' .. tostring(err) .. ' ' .. tostring(loom.state.get('k'))
            """)
        let (plugins, workspace) = try await Self.attached([Self.path: old])
        let call = Task { [tool = try plugins.tool("x")] in try await tool.use([:], workspace).text }
        await plugins.clock.waitForSleepers(1)
        let next = LuaSources.tool("return loom.\(space).get('k')", fields: "migrate = function(old) return { k = old.k .. ' moved' } end,")
        try plugins.write(Self.path, next)
        #expect(await plugins.reload() == ["tool x reloaded 1>2"])
        await plugins.clock.waitForSleepers(2)
        plugins.clock.advance(by: .seconds(5))
        let kept = space == "state" ? "before" : "nil"
        #expect(try await call.value == "nil stale stale: plugin x generation 1 was replaced by 2 \(kept)")
        #expect(try await Self.use(plugins, workspace) == (space == "state" ? "before moved" : "before"))
    }

    @Test("is a service's own until it has said goodbye; only then its successor translates it")
    func service() async throws {
        let path = "plugins/services/s.lua"
        func source(_ start: String, _ rest: String) -> String { "return { api = 1, start = function() \(start) end, \(rest) }" }
        let (plugins, workspace) = try await Self.attached([
            path: source("loom.state.set('n', 1)", "stop = function() assert(loom.state.set('n', loom.state.get('n') + 1)) end")
        ])
        func service() throws -> LuaService { try #require(plugins.catalog.backgroundServices.first as? LuaService) }
        let first = try service()
        try await first.start(workspace.host("s"))
        let migrate = "migrate = function(old, from) return { m = old.n * 10 + from } end"
        try plugins.write(path, source("loom.log('info', 'm is ' .. loom.state.get('m'))", migrate))
        #expect(await plugins.reload() == ["service s reloaded 1>2"])
        try await first.stop(workspace.host("s"))
        try await service().start(workspace.host("s"))
        #expect(plugins.logged.all == ["info s: m is 21"])
        let late = await #expect(throws: ToolError.self) { try await first.stop(workspace.host("s")) }
        #expect(late?.message.contains("stale: plugin s generation 1 was replaced by 2") == true)
    }

    @Test("in loom.store has revisions, and a write over another's is a conflict")
    func revisions() async throws {
        let (plugins, workspace) = try await Self.attached([
            Self.path: LuaSources.tool(
                """
                local out = {}
                local function put(...) for _, v in ipairs({ ... }) do out[#out + 1] = tostring(v) end end
                put(loom.store.set('a', { n = 1 }, { revision = 0 }))
                local value, revision = loom.store.get('a')
                put(value.n, revision)
                put(loom.store.set('a', { n = 2 }, { revision = revision }))
                local ok, err = loom.store.set('a', { n = 3 }, { revision = revision })
                put(ok == nil, err.code)
                put(loom.store.set('b', 'text'))
                for _, row in ipairs(loom.store.list()) do put(row.key, row.revision) end
                put(loom.store.delete('a'), loom.store.get('a') == nil, #loom.store.list('a'))
                put(loom.store.set('a', 'again', { revision = 0 }))
                return table.concat(out, ' ')
                """)
        ])
        #expect(try await Self.use(plugins, workspace) == "1 1 1 2 true conflict 1 a 2 b 1 3 true 0 4")
    }

    @Test("in loom.store belongs to the name, whatever the generation")
    func shared() async throws {
        let (plugins, workspace) = try await Self.attached([
            Self.path: LuaSources.tool("loom.store.set('k', 1) return 'x'"),
            "plugins/tools/y.lua": LuaSources.tool("return loom.store.get('k')"),
        ])
        _ = try await Self.use(plugins, workspace)
        #expect(try await Self.use(plugins, workspace, "y") == "")
    }

    @Test("is refused when it is too large or no data")
    func limits() async throws {
        let (plugins, workspace) = try await Self.attached([
            Self.path: LuaSources.tool(
                """
                local big = string.rep('x', 600000)
                assert(loom.state.set('a', big))
                local ok, err = loom.state.set('b', big)
                local ok2, err2 = loom.store.set('b', big .. big)
                local ok3, err3 = pcall(loom.state.set, 'c', { f = print })
                return err.code .. ' ' .. err2.code .. ' ' .. tostring(err3)
                """)
        ])
        let text = try await Self.use(plugins, workspace)
        #expect(text.hasPrefix("too_large too_large ") && text.contains("plain data"))
    }

    @Test("in loom.store needs an open session")
    func closed() async throws {
        let plugins = try await TestPlugins.loaded([Self.path: LuaSources.tool("return loom.store.get('k')")])
        let workspace = try await TestWorkspace()
        let error = await #expect(throws: ToolError.self) { try await Self.use(plugins, workspace) }
        #expect(error?.message.contains("loom.store.get needs an open session, and none is open here") == true)
    }
}
