import LoomSystem
import Testing

@testable import LoomKernel

@Suite("An agent whose role is edited", .timeLimit(.minutes(1)))
struct LiveRoleTests {
    private func rig(_ tools: [any Tool] = []) -> Rig { Rig(tools: tools) { _, number in FakeProvider.say("answer \(number)") } }

    @Test("has its new prompt at the next call, and keeps its history")
    func prompt() async throws {
        let rig = self.rig()
        let workspace = try await rig.open()
        try await workspace.send("one")
        _ = await workspace.waitUntilQuiet()
        rig.catalog.save(prompt: "lead", "Lead gently.")
        try await workspace.send("two")
        _ = await workspace.waitUntilQuiet()
        #expect(rig.provider.received.map(\.system) == ["Lead. You are lead.", "Lead gently. You are lead."])
        #expect(rig.provider.received.last?.messages.map(\.text) == ["one", "answer 0", "two"])
        await workspace.close()
    }

    enum Loss: CaseIterable { case role, prompt }

    @Test("keeps the last one when the file is gone, says so once, and takes a new one when it is back", arguments: Loss.allCases)
    func gone(loss: Loss) async throws {
        let rig = self.rig([FakeTool("look") { _, _ in ToolResult("seen") }])
        let workspace = try await rig.open()
        for step in ["one", "two", "three", "four"] {
            if step == "two" {
                switch loss {
                case .role: rig.catalog.delete(role: "lead")
                case .prompt: rig.catalog.delete(prompt: "lead")
                }
            }
            if step == "four" {
                rig.catalog.save(role: "lead", tools: ["look"])
                rig.catalog.save(prompt: "lead", "Lead again.")
            }
            try await workspace.send(step)
            #expect(await workspace.waitUntilQuiet().outcome == .done)
        }
        let calls = rig.provider.received
        #expect(calls.map(\.system) == ["Lead. You are lead.", "Lead. You are lead.", "Lead. You are lead.", "Lead again. You are lead."])
        #expect(calls.allSatisfy { $0.tools.map(\.name) == ["look"] })
        let notices = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(Notice.self)?.text }
        #expect(notices.count == 1)
        #expect(notices.first?.hasSuffix("lead goes on with the last one it had.") == true)
        await workspace.close()
    }

    @Test("keeps its role through a restart, though the file is gone")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let rig = self.rig()
            let first = try await rig.open(directory: folder, isEphemeral: false)
            try await first.send("one")
            _ = await first.waitUntilQuiet()
            await first.close()
            rig.catalog.delete(role: "lead")
            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            try await second.send("two")
            #expect(await second.waitUntilQuiet().outcome == .done)
            await second.close()
        }
    }
}
