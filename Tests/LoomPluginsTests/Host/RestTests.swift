import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("A generation at rest", .timeLimit(.minutes(1))) struct RestTests {
    private static let counting = """
        local count = 0
        return { api = 1, description = "d", parameters = {}, run = function()
          count = count + 1
          return tostring(count)
        end }
        """

    @Test("wakes for its first call, and what it keeps lasts from then on")
    func wakes() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": Self.counting])
        let workspace = try await TestWorkspace()
        let tool = try plugins.tool("t")
        await plugins.host.rest()
        #expect(!tool.generationState.isOpen)
        for count in 1...3 {
            #expect(try await tool.use([:], workspace).text == "\(count)")
            await plugins.host.rest()
            #expect(tool.generationState.isOpen)
        }
        #expect(plugins.host.openGenerations == 1)
    }

    @Test("wakes once for calls that come together")
    func together() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": Self.counting])
        let workspace = try await TestWorkspace()
        let tool = try plugins.tool("t")
        for _ in 1...50 {
            await plugins.host.rest()
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 1...8 { group.addTask { try await tool.use([:], workspace).text } }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(Set(texts).count == 8)
        }
    }

    @Test("is what it was: modules as they were required, null, and functions deep in its table")
    func same() async throws {
        let plugins = try await TestPlugins.loaded([
            "plugins/lib/words.lua": "return { word = 'old' }",
            "plugins/tools/t.lua": "local _ = require 'lib.words' "
                + LuaSources.tool(
                    "local v = loom.json.decode('[null]')[1] return require('lib.words').word .. tostring(v == loom.json.null)"),
        ])
        let workspace = try await TestWorkspace()
        let old = try plugins.tool("t")
        await plugins.host.rest()
        try plugins.write("plugins/lib/words.lua", "return { word = 'new' }")
        _ = await plugins.reload()
        #expect(try await plugins.tool("t").use([:], workspace).text == "newtrue")
        // Somebody still holds the one before, which rests.
        #expect(try await old.use([:], workspace).text == "oldtrue")
    }

    @Test("rests again when its file does not run any more, and the call says why")
    func broken() async throws {
        let file = """
            loom.json.decode("[]")
            local first = loom.config.get "broken"
            if first then error("broken since", 0) end
            return { api = 1, description = "d", parameters = {}, run = function() return "ok" end }
            """
        let plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": file])
        let workspace = try await TestWorkspace()
        let tool = try plugins.tool("t")
        await plugins.host.rest()
        plugins.configure(["broken": .bool(true)])
        await #expect(throws: ToolError.self) { try await tool.use([:], workspace) }
        plugins.configure([:])
        #expect(try await tool.use([:], workspace).text == "ok")
    }
}
