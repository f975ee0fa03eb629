import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("Reloading", .timeLimit(.minutes(5))) struct ReloadTests {
    private static func saying(_ text: String) -> String { LuaSources.tool("return '\(text)'") }

    @Test("takes what changed, counts its generations, and does nothing for the same content")
    func change() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("one"), "plugins/tools/b.lua": Self.saying("b")])
        #expect(await plugins.reload() == [])
        try plugins.write("plugins/tools/a.lua", Self.saying("one"))
        #expect(await plugins.reload() == [])
        let workspace = try await TestWorkspace()
        let before = try plugins.tool("a")
        try plugins.write("plugins/tools/a.lua", Self.saying("two"))
        #expect(await plugins.reload() == ["tool a reloaded 1>2"])
        #expect(try await plugins.tool("a").use([:], workspace).text == "two")
        #expect(try await before.use([:], workspace).text == "one")
        #expect(try plugins.tool("b").generation == 1)
    }

    @Test("keeps the last good one when the new does not load, until it does")
    func broken() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("one")])
        try plugins.write("plugins/tools/a.lua", "return {")
        #expect(await plugins.reload() == ["tool a failed 1>- plugins/tools/a.lua:1: unexpected symbol near <eof>"])
        var summary = try plugins.summary("a")
        #expect(summary.status == "failed" && summary.generation == 1)
        #expect(summary.error == "plugins/tools/a.lua:1: unexpected symbol near <eof>")
        #expect(await plugins.reload() == [])

        try plugins.write("plugins/tools/a.lua", Self.saying("two"))
        #expect(await plugins.reload() == ["tool a reloaded 1>2"])
        summary = try plugins.summary("a")
        #expect(summary.status == "live" && summary.error == nil)
    }

    @Test("a broken file that is put back needs no new generation")
    func restored() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("one")])
        try plugins.write("plugins/tools/a.lua", "return {")
        _ = await plugins.reload()
        try plugins.write("plugins/tools/a.lua", Self.saying("one"))
        #expect(await plugins.reload() == ["tool a unchanged 1>1"])
        #expect(try plugins.summary("a").status == "live")
    }

    @Test("one save of many files is one transaction: all or none")
    func transaction() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("a1"), "plugins/tools/b.lua": Self.saying("b1")])
        try plugins.write("plugins/tools/a.lua", Self.saying("a2"))
        try plugins.write("plugins/tools/b.lua", "return 7")
        #expect(
            await plugins.reload() == [
                "tool a failed 1>- plugins/tools/a.lua: not replaced, because plugins/tools/b.lua, changed together with it, does not load",
                "tool b failed 1>- plugins/tools/b.lua:1: a tool returns a table of named fields, this returns number",
            ])
        #expect(try plugins.tool("a").generation == 1)

        try plugins.write("plugins/tools/b.lua", Self.saying("b2"))
        #expect(await plugins.reload() == ["tool a reloaded 1>2", "tool b reloaded 1>2"])
    }

    @Test("a plugin that stays broken does not hold up later changes of others")
    func brokenNeighbour() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("a1"), "plugins/tools/b.lua": Self.saying("b1")])
        try plugins.write("plugins/tools/b.lua", "return 7")
        _ = await plugins.reload()
        try plugins.write("plugins/tools/a.lua", Self.saying("a2"))
        #expect(await plugins.reload() == ["tool a reloaded 1>2"])
        #expect(try plugins.summary("b").status == "failed")
    }

    @Test("a file that appears is loaded, one that goes is removed or uncovers another")
    func comingAndGoing() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("bundled")])
        try plugins.write("plugins/tools/a.lua", Self.saying("mine"), in: TestPlugins.project)
        try plugins.write("plugins/tools/new.lua", Self.saying("new"), in: TestPlugins.project)
        #expect(await plugins.reload() == ["tool a reloaded 1>2", "tool new loaded ->1"])
        #expect(try plugins.summary("a").shadows == ["bundled"])

        try plugins.remove("plugins/tools/a.lua", in: TestPlugins.project)
        try plugins.remove("plugins/tools/new.lua", in: TestPlugins.project)
        #expect(await plugins.reload() == ["tool new removed 1>-", "tool a reloaded 2>3"])
        #expect(try plugins.summary("a").root == "bundled" && plugins.summary("a").shadows.isEmpty)
        #expect(plugins.catalog.tool("new") == nil)

        try plugins.write("plugins/tools/new.lua", Self.saying("again"))
        #expect(await plugins.reload() == ["tool new loaded ->2"], "a number names one content for ever")
    }

    @Test("a library's change reloads all who require it, also through another, and nobody else")
    func dependents() async throws {
        let plugins = try await TestPlugins.loaded([
            "plugins/lib/low.lua": "return { word = 'one' }",
            "plugins/lib/high.lua": "local low = require 'lib.low' return { say = function() return low.word end }",
            "plugins/tools/a.lua": "local high = require 'lib.high' " + LuaSources.tool("return high.say()"),
            "plugins/tools/b.lua": Self.saying("b"),
        ])
        let workspace = try await TestWorkspace()
        try plugins.write("plugins/lib/low.lua", "return { word = 'two' }")
        #expect(await plugins.reload() == ["lib high reloaded 1>2", "lib low reloaded 1>2", "tool a reloaded 1>2"])
        #expect(try await plugins.tool("a").use([:], workspace).text == "two")

        try plugins.write("plugins/lib/low.lua", "return {")
        let reports = await plugins.reload()
        #expect(reports.count == 3 && reports.allSatisfy { $0.contains("plugins/lib/low.lua:1: unexpected symbol near <eof>") })
        #expect(try await plugins.tool("a").use([:], workspace).text == "two")

        try plugins.remove("plugins/lib/low.lua")
        #expect(await plugins.reload().contains { $0.contains("there is no module \"lib.low\"") })
        try plugins.write("plugins/lib/low.lua", "return { word = 'three' }")
        _ = await plugins.reload()
        #expect(try await plugins.tool("a").use([:], workspace).text == "three")
        #expect(plugins.catalog.plugins.allSatisfy { $0.status == "live" })
    }

    @Test("what is required while a call runs is a dependency as well")
    func lateRequire() async throws {
        let plugins = try await TestPlugins.loaded([
            "plugins/scenarios/play.lua": "return { roles = {}, line = 'one' }",
            "plugins/tools/a.lua": LuaSources.tool(
                "return require('scenarios.' .. args.name).line", parameters: "{ name = { type = 'string' } }"),
        ])
        let workspace = try await TestWorkspace()
        #expect(try await plugins.tool("a").use(["name": "play"], workspace).text == "one")
        try plugins.write("plugins/scenarios/other.lua", "return { roles = {}, line = 'late' }")
        #expect(await plugins.reload() == ["scenario other loaded ->1"])
        #expect(try await plugins.tool("a").use(["name": "other"], workspace).text == "late")
        try plugins.write("plugins/scenarios/play.lua", "return { roles = {}, line = 'two' }")
        #expect(await plugins.reload() == ["scenario play reloaded 1>2", "tool a reloaded 1>2"])
        #expect(try await plugins.tool("a").use(["name": "play"], workspace).text == "two")
    }

    @Test("a role that names a missing tool is refused with its line, and the running one goes on")
    func roleNames() async throws {
        let plugins = try await TestPlugins.loaded([
            "plugins/tools/a.lua": Self.saying("a"), "prompts/coder.md": "x", "roles/coder.lua": LuaSources.role(tools: "{ 'a' }"),
        ])
        try plugins.write("roles/coder.lua", LuaSources.role(tools: "{ 'a', 'bb' }"))
        #expect(await plugins.reload() == ["role coder failed 1>- roles/coder.lua:1: there is no tool \"bb\""])
        #expect(plugins.catalog.role("coder")?.tools == ["a"])
        try plugins.write("plugins/tools/bb.lua", Self.saying("b"))
        #expect(await plugins.reload() == ["role coder reloaded 1>2", "tool bb loaded ->1"])
    }

    @Test("an agent's next prompt is the new one")
    func prompts() async throws {
        let plugins = try await TestPlugins.loaded(["prompts/coder.md": "one", "roles/coder.lua": LuaSources.role()])
        let role = try #require(plugins.catalog.role("coder"))
        let context = PromptContext(agent: "ada", role: "coder", team: "core", project: "p", rules: "")
        #expect(try await plugins.catalog.prompt(for: role, context).text == "one\n")
        try plugins.write("prompts/coder.md", "two")
        _ = await plugins.reload()
        #expect(try await plugins.catalog.prompt(for: role, context).text == "two\n")
    }

    @Test("a thousand reloads leave one state open")
    func flat() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.saying("0")])
        for number in 1...1000 {
            try plugins.write("plugins/tools/a.lua", Self.saying("\(number)"))
            #expect(await plugins.reload() == ["tool a reloaded \(number)>\(number + 1)"])
        }
        // The last one replaced is let go of at some time after the reload has returned.
        while plugins.host.openGenerations > 1 { await Task.yield() }
    }
}
