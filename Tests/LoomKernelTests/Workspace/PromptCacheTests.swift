import LoomSystem
import Testing

@testable import LoomKernel

/// What is sent before the conversation, while plugins are edited.
@Suite("A vendor's prompt cache", .timeLimit(.minutes(1)))
struct PromptCacheTests {
    /// What a vendor caches of a call: its tools, its system prompt, and the messages of the call before.
    private func hash(_ call: ModelCall, messages: Int) throws -> String {
        let texts = [
            try JSON(encoding: call.tools).text(), call.system, try JSON(encoding: Array(call.messages.prefix(messages))).text(),
        ]
        return Hash.sha256(texts.joined(separator: "\u{0}"))
    }

    private func tool(
        _ name: String, _ description: String = "does", generation: Int = 1, answer: String = "done"
    ) -> FakeTool {
        var tool = FakeTool(name) { _, _ in ToolResult(answer) }
        tool.schema = ToolSchema(name: name, description: description, parameters: ["type": "object"])
        tool.generation = generation
        return tool
    }

    private var door: FakeTool {
        var door = self.tool("call_tool")
        door.forwards = { ForwardedCall(tool: $0["name"]?.stringValue ?? "", arguments: $0["arguments"] ?? [:]) }
        return door
    }

    /// Says one thing, waits until it is answered, and gives back the call it led to last.
    @discardableResult
    private func say(_ text: String, _ workspace: Workspace, _ rig: Rig) async throws -> ModelCall {
        try await workspace.send(text)
        _ = await workspace.waitUntilQuiet()
        return try #require(rig.provider.received.last)
    }

    enum Edit: String, CaseIterable, Sendable {
        case nothing, body, schema, newTool, removedTool, roleGetsTool, roleLosesTool

        func make(_ catalog: FakeCatalog, _ tool: (String, String, Int) -> FakeTool) {
            switch self {
            case .nothing: break
            case .body: catalog.save(tool("look", "does", 2))
            case .schema: catalog.save(tool("look", "does otherwise", 2))
            case .newTool: catalog.save(tool("count", "counts", 1))
            case .removedTool: catalog.delete(tool: "look")
            case .roleGetsTool:
                catalog.save(tool("count", "counts", 1))
                catalog.save(role: "lead", tools: ["look", "call_tool", "count"])
            case .roleLosesTool: catalog.save(role: "lead", tools: ["call_tool"])
            }
        }

        var isTold: Bool { ![.nothing, .body, .newTool].contains(self) }
    }

    @Test("holds through every edit of tools; what changed is told at the end, once", arguments: Edit.allCases)
    func holds(edit: Edit) async throws {
        let rig = Rig(tools: [self.tool("look"), self.door]) { _, _ in FakeProvider.say("ok") }
        let workspace = try await rig.open()
        let before = try await self.say("one", workspace, rig)
        edit.make(rig.catalog) { self.tool($0, $1, generation: $2) }
        let after = try await self.say("two", workspace, rig)
        let later = try await self.say("three", workspace, rig)
        let count = before.messages.count
        #expect(try self.hash(after, messages: count) == self.hash(before, messages: count))
        #expect(try self.hash(later, messages: after.messages.count) == self.hash(after, messages: after.messages.count))
        let told = later.messages.flatMap(\.parts).filter { part in
            if case .text(let text) = part { text.hasPrefix("[notice] Your tools have changed.") } else { false }
        }
        #expect(told.count == (edit.isTold ? 1 : 0))
        #expect(edit.isTold == after.messages.last?.text.contains("Your tools have changed.") ?? false)
        await workspace.close()
    }

    @Test("holds through a restart, after which the news is still known")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            let rig = Rig(tools: [self.tool("look"), self.door]) { _, _ in FakeProvider.say("ok") }
            let first = try await rig.open(directory: folder, isEphemeral: false)
            try await self.say("one", first, rig)
            Edit.schema.make(rig.catalog) { self.tool($0, $1, generation: $2) }
            let before = try await self.say("two", first, rig)
            await first.close()
            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            let after = try await self.say("three", second, rig)
            #expect(try self.hash(after, messages: before.messages.count) == self.hash(before, messages: before.messages.count))
            #expect(after.messages.last?.text.contains("Your tools have changed.") == false)
            await second.close()
        }
    }

    enum Break: String, CaseIterable, Sendable { case age, model, renewal, prompt, window }

    @Test("ends for other reasons too, and then the list is brought up to date without a word", arguments: Break.allCases)
    func breaks(reason: Break) async throws {
        var rig = Rig(tools: [self.tool("look")]) { _, _ in FakeProvider.say(String(repeating: "y", count: 900)) }
        if reason == .window {
            rig.configuration.contextLimit = 1_000
            rig.configuration.contextReserve = 100
        }
        let workspace = try await rig.open()
        try await self.say("one", workspace, rig)
        Edit.schema.make(rig.catalog) { self.tool($0, $1, generation: $2) }
        switch reason {
        case .age: rig.clock.advance(by: .seconds(301))
        case .model: try await workspace.setModel("fake:other", for: nil)
        case .renewal: #expect(await workspace.renewTools() == ["lead"])
        case .prompt: rig.catalog.save(prompt: "lead", "Lead well.")
        case .window: try await workspace.send(String(repeating: "x", count: 2_400))
        }
        let after = try await self.say("two", workspace, rig)
        #expect(after.tools.map(\.description) == ["does otherwise"])
        #expect(!after.messages.contains { $0.text.contains("Your tools have changed.") })
        await workspace.close()
    }

    @Test("does not keep a new tool from being called: by the tool for that, under its own name")
    func newTool() async throws {
        let calls: [(String, String, JSON)] = [
            ("c1", "call_tool", ["name": "count", "arguments": ["path": "a.txt"]]), ("c2", "count", ["path": "b.txt"]),
        ]
        let rig = Rig(tools: [self.tool("look"), self.door]) { call, _ in
            call.messages.last?.text.contains("New: count") == true ? FakeProvider.use(calls) : FakeProvider.say("ok")
        }
        let workspace = try await rig.open()
        try await self.say("one", workspace, rig)
        Edit.roleGetsTool.make(rig.catalog) { self.tool($0, $1, generation: $2, answer: "three words") }
        let last = try await self.say("two", workspace, rig)
        #expect(
            last.messages.last?.parts == [
                .toolResult(call: "c1", name: "call_tool", text: "three words", isError: false),
                .toolResult(call: "c2", name: "count", text: "three words", isError: false),
            ])
        let started = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(ToolStarted.self) }
        #expect(started.map(\.tool) == ["count", "count"])
        #expect(started.map(\.summary) == ["a.txt", "b.txt"])
        let transcript = try await workspace.transcript(of: "lead")
        #expect(transcript.filter { $0.kind == "tool" }.map(\.name) == ["count", "count"])
        await workspace.close()
    }

    @Test("does not lead around permissions: rules and questions speak of the tool that is meant")
    func permission() async throws {
        var rig = Rig(tools: [self.door]) { call, number in
            number == 0
                ? FakeProvider.use([("c1", "call_tool", ["name": "count", "arguments": ["path": "secret.txt"]])])
                : FakeProvider.say(call.messages.last?.parts.first.map { "\($0)" } ?? "")
        }
        if let rule = PermissionRule(.deny, text: "count secret*", origin: "test") { rig.configuration.rules = [rule] }
        rig.catalog.save(FakeTool("count", touches: [Access(.read, "secret.txt")]) { _, _ in ToolResult("counted") })
        rig.catalog.save(role: "lead", tools: ["call_tool", "count"])
        let workspace = try await rig.open()
        try await self.say("go", workspace, rig)
        #expect(await workspace.result().result.contains("Refused by the rule «deny count secret*»"))
        let decided = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(PermissionDecided.self)?.tool }
        #expect(decided == ["count"])
        await workspace.close()
    }

    @Test(
        "keeps a removed tool in the list, which answers that it is gone",
        arguments: [Edit.removedTool, .roleLosesTool])
    func removedTool(edit: Edit) async throws {
        let rig = Rig(tools: [self.tool("look"), self.door]) { call, _ in
            let asks = call.messages.last?.text.contains("Gone: look") == true
            return asks ? FakeProvider.use([("c1", "look", [:])]) : FakeProvider.say("ok")
        }
        let workspace = try await rig.open()
        try await self.say("one", workspace, rig)
        edit.make(rig.catalog) { self.tool($0, $1, generation: $2) }
        let last = try await self.say("two", workspace, rig)
        #expect(last.tools.map(\.name) == ["call_tool", "look"])
        guard case .toolResult(_, _, let text, true)? = last.messages.last?.parts.first else {
            Issue.record("no error: \(String(describing: last.messages.last))")
            return
        }
        #expect(text.hasPrefix("The tool look is gone"))
        await workspace.close()
    }

    @Test(
        "is reported with every reload, in tokens of the agents concerned",
        arguments: [
            ("tool", "look", Edit.body, "Lead.", 900, 0), ("tool", "look", .schema, "Lead.", 900, 0),
            ("tool", "other", .nothing, "Lead.", nil, nil),
            ("role", "lead", .nothing, "Lead.", 900, 0), ("role", "coder", .nothing, "Lead.", nil, nil),
            ("prompt", "lead", .nothing, "Lead.", 900, 0), ("prompt", "lead", .schema, "Lead well.", 0, 900),
            ("prompt", "coder", .nothing, "Lead.", nil, nil),
        ] as [(String, String, Edit, String, Int?, Int?)])
    func report(kind: String, name: String, edit: Edit, prompt: String, kept: Int?, lost: Int?) async throws {
        let rig = Rig(tools: [self.tool("look")]) { _, _ in
            [.text("ok"), .usage(Usage(input: 100, output: 10, cacheRead: 600, cacheWrite: 300)), .stop(.end)]
        }
        let workspace = try await rig.open()
        try await self.say("one", workspace, rig)
        edit.make(rig.catalog) { self.tool($0, $1, generation: $2) }
        rig.catalog.save(prompt: "lead", prompt)
        await workspace.keep(PluginReported(plugin: name, kind: kind, from: 1, to: 2, status: "reloaded", milliseconds: 1))
        let report = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(PluginReported.self) }.last
        #expect(report?.cachedTokensKept == kept)
        #expect(report?.cachedTokensLost == lost)
        await workspace.close()
    }
}

extension Workspace {
    /// The names of the agents that get a new list of tools.
    fileprivate func renewTools() async -> [String] { await self.roster.renewLists().map(\.name) }
}
