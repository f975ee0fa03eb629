import LoomSystem
import Testing

@testable import LoomKernel

/// A hook whose judgement is a closure.
private struct FakeHook: Hook {
    let name: String
    let generation = 1
    let points: Set<HookPoint>
    var refusesOnFault = true
    let verdict: @Sendable (JSON) throws(ToolError) -> HookVerdict

    func judge(_ point: HookPoint, _ subject: JSON, _ host: ToolHost) async throws(ToolError) -> HookVerdict { try self.verdict(subject) }
}

@Suite("Hooks")
struct HookTests {
    /// One call of a tool that repeats its argument, and what the model read of it.
    private func result(_ hooks: [any Hook], answer: Answer? = nil) async throws -> (text: String, end: SessionFinished) {
        let tool = FakeTool("echo") { arguments, _ in ToolResult("heard \(arguments["word"]?.stringValue ?? "nothing")") }
        let rig = Rig(tools: [tool]) { _, number in
            number == 0 ? FakeProvider.use([("c1", "echo", ["word": "plum"])]) : FakeProvider.say("it is said")
        }
        rig.catalog.install(hooks: hooks)
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("say it")
        if let answer {
            let asked = try #require(await signals.first(QuestionAsked.self)).question
            #expect(asked.why == "hook careful")
            try await workspace.answer(asked.id, answer, by: "user/test")
        }
        let end = await workspace.waitUntilQuiet()
        guard case .toolResult(_, _, let text, _)? = rig.provider.received.last?.messages.last?.parts.first else { return ("", end) }
        await workspace.close()
        return (text, end)
    }

    @Test("see the call as earlier hooks left it, in the order of their names")
    func rewriting() async throws {
        let first = FakeHook(name: "a", points: [.beforeTool]) { subject in
            .rewrite(["word": .string((subject["arguments"]?["word"]?.stringValue ?? "") + " tart")])
        }
        let second = FakeHook(name: "b", points: [.beforeTool]) { subject in
            .rewrite(["word": .string("a " + (subject["arguments"]?["word"]?.stringValue ?? ""))])
        }
        let last = FakeHook(name: "c", points: [.afterTool]) { subject in .rewrite(.string("\(subject.text("text"))!")) }
        #expect(try await self.result([first, second, last]).text == "heard a plum tart!")
    }

    @Test("refuse a call before it runs, and the model reads why")
    func refusing() async throws {
        let hook = FakeHook(name: "no_plums", points: [.beforeTool]) { _ in .refuse("plums are out") }
        #expect(try await self.result([hook]).text == "The hook no_plums refused: plums are out")
    }

    @Test(
        "have a person asked, who decides",
        arguments: [(Answer.allow, "heard plum"), (.refuse, "Refused by user/test: plums? (hook careful).")])
    func asking(_ answer: Answer, _ expected: String) async throws {
        let hook = FakeHook(name: "careful", points: [.beforeTool]) { _ in .ask("plums?") }
        #expect(try await self.result([hook], answer: answer).text == expected)
    }

    @Test("that fail refuse what they were asked about, unless they are to be passed over", arguments: [true, false])
    func faults(refuses: Bool) async throws {
        var hook = FakeHook(name: "broken", points: [.beforeTool]) { _ throws(ToolError) in throw ToolError("boom") }
        hook.refusesOnFault = refuses
        let text = try await self.result([hook]).text
        #expect(
            text == (refuses ? "The hook broken failed, so nothing passes it: boom A person has to repair or remove it." : "heard plum"))
    }

    @Test("tell a model something at the very end, and change what it said")
    func models() async throws {
        let rig = Rig { _, _ in FakeProvider.say("the key is 1234") }
        rig.catalog.install(hooks: [
            FakeHook(name: "a", points: [.beforeModel]) { _ in .rewrite("Be kind.") },
            FakeHook(name: "b", points: [.beforeModel, .afterModel]) { subject in
                subject["text"] == nil ? .rewrite("Be brief.") : .rewrite("the key is hidden")
            },
        ])
        let workspace = try await rig.open()
        try await workspace.send("tell me")
        #expect(await workspace.waitUntilQuiet().result == "the key is hidden")
        #expect(rig.provider.received.first?.messages.last?.parts.last == .text("Be kind.\nBe brief."))
        await workspace.close()
    }

    @Test("that refuse a model call end the turn as refused")
    func refusingModels() async throws {
        let rig = Rig { _, _ in FakeProvider.say("never heard") }
        rig.catalog.install(hooks: [FakeHook(name: "quiet", points: [.beforeModel]) { _ in .refuse("it is night") }])
        let workspace = try await rig.open()
        try await workspace.send("tell me")
        let end = await workspace.waitUntilQuiet()
        #expect(rig.provider.received.isEmpty)
        #expect(end.outcome == .failed)
        let told = try await workspace.history(after: 0, limit: 100).filter { $0.data.text().contains("it is night") }
        #expect(!told.isEmpty)
        await workspace.close()
    }
}

extension JSON {
    fileprivate func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
}
