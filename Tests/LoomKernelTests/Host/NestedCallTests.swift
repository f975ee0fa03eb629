import LoomSystem
import Testing

@testable import LoomKernel

@Suite("A tool that calls tools", .timeLimit(.minutes(1)))
struct NestedCallTests {
    private func run(_ tools: [any Tool], listed: [String]? = nil, _ change: (inout Rig) -> Void = { _ in }) async throws -> (
        text: String, signals: [Signal]
    ) {
        var rig = Rig(tools: tools) { call, number in
            number == 0 ? FakeProvider.use([("c1", "outer", [:])]) : FakeProvider.say(call.messages.last?.readableResult ?? "")
        }
        change(&rig)
        if let listed { rig.catalog.save(role: "lead", tools: listed) }
        let workspace = try await rig.open(isInteractive: false)
        try await workspace.send("go")
        let end = await workspace.waitUntilQuiet()
        let signals = try await workspace.history(after: 0, limit: 1_000)
        await workspace.close()
        return (end.result, signals)
    }

    private func outer(_ name: String = "inner") -> FakeTool {
        FakeTool("outer") { (_, host) throws(ToolError) in
            let result = try await host.call(name, ["path": "a.txt"])
            return ToolResult("outer: \(result.text)")
        }
    }

    @Test("gets their results, and each is shown as a call of its own")
    func shown() async throws {
        let (text, signals) = try await self.run([self.outer(), FakeTool("inner") { _, _ in ToolResult("inner") }])
        #expect(text == "outer: inner")
        let started = signals.compactMap { $0.payload(ToolStarted.self) }
        #expect(started.map(\.tool) == ["outer", "inner"])
        #expect(started.map(\.parent) == [nil, "c1"])
        #expect(started.last?.summary == "a.txt")
        let finished = signals.compactMap { $0.payload(ToolFinished.self) }
        #expect(finished.map(\.tool) == ["inner", "outer"])
        #expect(finished.first?.call == started.last?.call)
    }

    @Test("asks for them under their own names")
    func permissions() async throws {
        let inner = FakeTool("inner", touches: [Access(.read, "secret.txt")]) { _, _ in ToolResult("inner") }
        let (text, signals) = try await self.run([self.outer(), inner]) { rig in
            if let rule = PermissionRule(.deny, text: "inner secret*", origin: "test") { rig.configuration.rules = [rule] }
        }
        #expect(text.hasPrefix("Refused by the rule «deny inner secret*»"))
        #expect(signals.compactMap { $0.payload(PermissionDecided.self)?.tool } == ["inner"])
    }

    @Test("has only those of its agent's role")
    func role() async throws {
        let inner = FakeTool("inner") { _, _ in ToolResult("inner") }
        let (text, _) = try await self.run([self.outer(), inner], listed: ["outer"])
        #expect(text.hasPrefix("The role lead may not use inner."))
    }

    @Test("does not call itself for ever")
    func depth() async throws {
        let (text, _) = try await self.run([self.outer("outer")])
        #expect(text == "outer is called by 4 tools that call each other; it may not call outer too.")
    }
}

extension Message {
    fileprivate var readableResult: String? {
        self.parts.lazy.compactMap { if case .toolResult(_, _, let text, _) = $0 { text } else { nil } }.first
    }
}
