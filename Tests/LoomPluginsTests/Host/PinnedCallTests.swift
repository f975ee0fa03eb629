import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("A call", .timeLimit(.minutes(1))) struct PinnedCallTests {
    private static func waiting(_ seconds: Int) -> String { LuaSources.tool("loom.time.sleep(\(seconds)) return 'old'") }

    @Test("ends on the generation it began on, the next takes the new one, and the old state is freed")
    func pinned() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.waiting(5)])
        let workspace = try await TestWorkspace()
        let call = Task { [tool = try plugins.tool("a")] in try await tool.use([:], workspace).text }
        await plugins.clock.waitForSleepers(1)
        try plugins.write("plugins/tools/a.lua", LuaSources.tool("return 'new'"))
        _ = await plugins.reload()
        #expect(plugins.host.openGenerations == 2)
        #expect(try plugins.summary("a").running == 1)
        #expect(try await plugins.tool("a").use([:], workspace).text == "new")

        // The grace period's own sleep stands beside the call's.
        await plugins.clock.waitForSleepers(2)
        plugins.clock.advance(by: .seconds(5))
        #expect(try await call.value == "old")
        #expect(try plugins.summary("a").calls == 2)
        #expect(try plugins.summary("a").running == 0)
        // The task lets go of the tool at some time after it has given its value.
        while plugins.host.openGenerations > 1 { await Task.yield() }
    }

    @Test("of a replaced plugin is ended after the grace period, and says so")
    func grace() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": Self.waiting(100)])
        let workspace = try await TestWorkspace()
        let call = Task { [tool = try plugins.tool("a")] in try await tool.use([:], workspace) }
        await plugins.clock.waitForSleepers(1)
        try plugins.write("plugins/tools/a.lua", LuaSources.tool("return 'new'"))
        _ = await plugins.reload()
        await plugins.clock.waitForSleepers(2)
        plugins.clock.advance(by: plugins.host.ports.grace)
        await #expect(
            throws: ToolError(
                "a was replaced by a newer version, and this call did not end within 30 s after that. Call it again.", status: .interrupted)
        ) { try await call.value }
        #expect(try await plugins.tool("a").use([:], workspace).text == "new")
    }

    @Test("of a replaced provider is ended after the grace period, and is worth another try", .timeLimit(.minutes(1)))
    func replyInGrace() async throws {
        let source = """
            return {
              api = 1,
              credentials = { base_url = "https://api.test" },
              request = function(call) return { url = call.base_url, method = "POST", body = {} } end,
              decode = function(event, emit) emit({ type = "text", text = event.data }) end,
            }
            """
        let body = ScriptedBody()
        let http = ScriptedHTTPClient { (_) throws(HTTPError) in
            HTTPResponse(status: 200, headers: ["content-type": "text/event-stream"], body: body.body)
        }
        let plugins = try TestPlugins(["plugins/providers/slow.lua": source], http: http)
        #expect(await plugins.host.load().compactMap(\.error) == [])
        let call = ModelCall(
            id: "1", model: ModelName(provider: "slow", model: "m"), system: "", tools: [], messages: [], purpose: "turn", agent: "ada",
            role: "coder", step: 0)
        var events = try #require(plugins.catalog.provider("slow")).stream(call).makeAsyncIterator()
        body.send("data: one\n\n")
        #expect(try await events.next() == .text("one"))
        try plugins.write("plugins/providers/slow.lua", source + "-- saved")
        _ = await plugins.reload()
        // The watch over the provider's lease sleeps too.
        await plugins.clock.waitForSleepers(2)
        plugins.clock.advance(by: plugins.host.ports.grace)
        let failure = await #expect(throws: ModelFailure.self) { try await events.next() }
        #expect(failure?.isTransient == true)
        #expect(failure?.message == "The provider slow was replaced or removed while it answered.")
    }

    @Test("holds a value of the old generation through a permission question")
    func heldTool() async throws {
        let plugins = try await TestPlugins.loaded(["plugins/tools/a.lua": LuaSources.tool("return 'old'")])
        let workspace = try await TestWorkspace()
        let tool = try plugins.tool("a")
        try plugins.write("plugins/tools/a.lua", LuaSources.tool("return 'new'"))
        _ = await plugins.reload()
        plugins.clock.advance(by: .seconds(3600))
        #expect(try await tool.use([:], workspace).text == "old")
    }
}
