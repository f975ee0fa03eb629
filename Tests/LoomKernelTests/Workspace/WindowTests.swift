import LoomSystem
import Testing

@testable import LoomKernel

@Suite("An agent's window", .timeLimit(.minutes(1)))
struct WindowTests {
    @Test("is told by zone, and the zones add up to what the provider counted")
    func zones() async throws {
        let rig = Rig(tools: [FakeTool("look") { _, _ in ToolResult("seen") }]) { _, _ in FakeProvider.say("ok") }
        try rig.files.write("Use tabs.", to: "/p/AGENTS.md", options: WriteOptions())
        let workspace = try await rig.open()
        try await workspace.send("hello")
        _ = await workspace.waitUntilQuiet()
        let agent = try #require(await workspace.snapshot().agents.first)
        #expect(agent.context.map(\.zone) == ContextZone.allCases)
        #expect(agent.context.reduce(0) { $0 + $1.used } == 110)
        #expect(agent.contextUsed == 110)
        #expect(agent.context.last == ZoneUse(zone: .reply, used: 10, budget: 8_192))
        await workspace.close()
    }

    @Test("gets only as much of the rules as has room, and people hear once which file to shorten")
    func rules() async throws {
        var rig = Rig { _, _ in FakeProvider.say("ok") }
        rig.configuration.contextLimit = 2_000
        rig.configuration.contextPercent = [.rules: 10]
        try rig.files.write(String(repeating: "Use tabs.\n", count: 500), to: "/p/AGENTS.md", options: WriteOptions())
        let workspace = try await rig.open()
        for text in ["one", "two"] {
            try await workspace.send(text)
            _ = await workspace.waitUntilQuiet()
        }
        let prompts = rig.provider.received.map(\.system)
        #expect(prompts.count == 2 && Set(prompts).count == 1)
        #expect(prompts[0].contains("(AGENTS.md is cut here: 799 of 5000 bytes are shown."))
        let notices = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(Notice.self)?.text }
        #expect(
            notices == [
                "AGENTS.md is cut for the model: 799 of 5000 bytes are shown. Shorten it, or give the rules more room with "
                    + "[context] rules_percent (now 10, of a window of 2000 tokens)."
            ])
        await workspace.close()
    }

    @Test("says once when the tools or the prompt take more than their part")
    func tools() async throws {
        var tool = FakeTool("look") { _, _ in ToolResult("seen") }
        tool.schema = ToolSchema(name: "look", description: String(repeating: "x", count: 4_000), parameters: [:])
        var rig = Rig(tools: [tool]) { _, _ in FakeProvider.say("ok") }
        rig.configuration.contextLimit = 2_000
        let workspace = try await rig.open()
        for text in ["one", "two"] {
            try await workspace.send(text)
            _ = await workspace.waitUntilQuiet()
        }
        let notices = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(Notice.self)?.text }
        #expect(notices.count == 1)
        #expect(
            notices.first?.contains("more than its 300. Give the role lead fewer tools, or raise [context] tools_percent (now 15).") == true
        )
        await workspace.close()
    }

    @Test("sends the same bytes after a restart, though turns have left it")
    func restart() async throws {
        try await withTemporaryFolder { directory in
            var rig = Rig { call, number in FakeProvider.say("answer \(number) " + String(repeating: "y", count: 600)) }
            rig.configuration.contextLimit = 2_000
            rig.configuration.contextReserve = 200
            let first = try await rig.open(directory: directory, isEphemeral: false)
            for number in 0..<12 {
                try await first.send("question \(number)")
                _ = await first.waitUntilQuiet()
            }
            let before = try #require(rig.provider.received.last)
            #expect(before.messages.first?.text.contains("earlier turns have left this window") == true)
            let shown = try #require(await first.snapshot().agents.first).context
            await first.close()
            let second = try await rig.open(directory: directory, session: .resume(nil), isEphemeral: false)
            // People see what it was, before anything is asked again.
            #expect(try #require(await second.snapshot().agents.first).context == shown)
            try await second.send("after")
            _ = await second.waitUntilQuiet()
            let after = try #require(rig.provider.received.last)
            #expect(after.system == before.system)
            #expect(after.tools == before.tools)
            #expect(Array(after.messages.prefix(before.messages.count)) == before.messages)
            await second.close()
        }
    }
}
