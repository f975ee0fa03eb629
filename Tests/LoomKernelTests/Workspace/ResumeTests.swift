import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel

@Suite("A session that is resumed")
struct ResumeTests {
    @Test("goes on with its history, its grants and its spending where it was")
    func history() async throws {
        try await withTemporaryFolder { folder in
            let rig = Rig { call, _ in FakeProvider.say("answer \(call.step)") }
            let first = try await rig.open(directory: folder, isEphemeral: false)
            try await first.send("one")
            _ = await first.waitUntilQuiet()
            try await first.setPermissions(.edit, by: "user")
            let session = first.session
            await first.close()

            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            #expect(second.session == session)
            #expect(await second.snapshot().permissions == "edit")
            try await second.send("two")
            #expect(await second.waitUntilQuiet().result == "answer 1")
            #expect(rig.provider.received.last?.messages.map(\.text) == ["one", "answer 0", "two"])
            await second.close()
            let stored = try Store(path: folder + "/.loomkin/loomkin.db", bus: second.bus, clock: rig.clock)
            let sessions = try await stored.sessions()
            #expect(sessions.map(\.title) == ["one"])
            stored.close()
        }
    }

    @Test("can be had by several that begin in the same folder at once", .timeLimit(.minutes(1)))
    func together() async throws {
        for _ in 1...5 {
            try await withTemporaryFolder { folder in
                let clock = ManualClock()
                let bus = SignalBus(clock: clock, identifiers: IDGenerator(clock: clock, random: SeededRandom(seed: 1)))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 1...4 {
                        group.addTask {
                            let store = try Store(path: folder + "/loomkin.db", bus: bus, clock: clock)
                            _ = try await store.sessions()
                            store.close()
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test("runs a call that had not begun, and asks its question again")
    func gated() async throws {
        try await withTemporaryFolder { folder in
            let tool = FakeTool("shell", touches: [Access(.execute, "make")]) { _, _ in ToolResult("made") }
            var rig = Rig(tools: [tool]) { _, number in
                number == 0 ? FakeProvider.use([("c1", "shell", [:])]) : FakeProvider.say("done")
            }
            rig.configuration.permissions = .ask
            let first = try await rig.open(directory: folder, isEphemeral: false)
            let asked = first.bus.subscribe(name: "test")
            try await first.send("go")
            _ = await asked.first(QuestionAsked.self)
            await first.close()

            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            let again = second.bus.subscribe(name: "test")
            var question = await second.snapshot().questions.first
            if question == nil { question = await again.first(QuestionAsked.self)?.question }
            try await second.answer(try #require(question).id, .allow, by: "user")
            let end = await second.waitUntilQuiet()
            #expect(end.outcome == .done)
            #expect(rig.provider.received.count == 2)
            await second.close()
        }
    }

    @Test("asks again what it was asked about its budget when it was left", .timeLimit(.minutes(1)))
    func leftAtBudget() async throws {
        try await withTemporaryFolder { folder in
            var rig = Rig { _, _ in FakeProvider.say("went on") }
            rig.configuration.sessionBudgetUSD = 1
            let first = try await rig.open(directory: folder, isEphemeral: false)
            first.services.budget.charge(2, to: "lead")
            let asked = first.bus.subscribe(name: "test")
            try await first.send("go")
            _ = await asked.first(QuestionAsked.self)
            await first.close()

            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            #expect(try await second.history(after: 0, limit: 1_000).filter { $0.type == AgentFinished.type } == [])
            #expect(await second.waitUntilQuiet().result == "went on")
            await second.close()
        }
    }

    @Test("tells the model that a call which had begun was interrupted, and does not run it twice")
    func interrupted() async throws {
        try await withTemporaryFolder { folder in
            let runs = Mutex(0)
            let begun = Signalled()
            let tool = FakeTool("slow") { _, host throws(ToolError) in
                runs.withLock { $0 += 1 }
                _ = try await host.send(to: "helper", "note", urgent: false)
                begun.fire()
                try? await forever()
                return ToolResult("late")
            }
            let rig = Rig(tools: [tool]) { call, _ in
                guard call.agent == "lead" else { return FakeProvider.say("ok") }
                return call.step == 0 ? FakeProvider.use([("c1", "slow", [:])]) : FakeProvider.say("done")
            }
            let first = try await rig.open(directory: folder, isEphemeral: false)
            _ = try await first.spawn(role: "coder", name: "helper", model: nil, by: "user")
            try await first.send("go")
            await begun.wait()
            await first.close()

            let second = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            #expect(await second.waitUntilQuiet().result == "done")
            #expect(runs.withLock { $0 } == 1)
            let results = rig.provider.received.last { $0.agent == "lead" }?.messages.last?.parts ?? []
            guard case .toolResult("c1", _, let text, _)? = results.first else {
                Issue.record("the call has no result")
                return
            }
            #expect(text.contains("the message to helper was sent"))
            await second.close()
        }
    }

    @Test("does not run a call again whose turn was stopped before the kill", .timeLimit(.minutes(1)))
    func stopped() async throws {
        try await withTemporaryFolder { folder in
            let (begun, mayEnd) = (Signalled(), OneShot<Bool>())
            let runs = Mutex(0)
            let tool = FakeTool("slow") { _, _ in
                runs.withLock { $0 += 1 }
                begun.fire()
                // Deaf to its cancellation.
                _ = await Task { await mayEnd.value() }.value
                return ToolResult("late")
            }
            let rig = Rig(tools: [tool]) { _, number in
                number == 0 ? FakeProvider.use([("c1", "slow", [:])]) : FakeProvider.say("never")
            }
            let first = try await rig.open(directory: folder, isEphemeral: false)
            try await first.send("go")
            await begun.wait()
            try await first.stop(nil, by: "user")
            // What a kill leaves: the files as they are while the call still runs.
            let files = LiveFileSystem()
            let copy = folder + "/copy"
            try files.makeDirectory(copy + "/.loomkin", withParents: true)
            for name in try files.list(folder + "/.loomkin").map(\.name) where name.hasPrefix("loomkin.db") {
                try files.write(try files.read(folder + "/.loomkin/" + name), to: copy + "/.loomkin/" + name)
            }
            let second = try await rig.open(directory: copy, session: .resume(nil), isEphemeral: false)
            #expect(await second.waitUntilQuiet().outcome == .cancelled)
            #expect(runs.withLock { $0 } == 1)
            await second.close()
            mayEnd.fulfil(true)
            await first.close()
        }
    }

    @Test("is refused while another process has it, and when there is none")
    func refusals() async throws {
        try await withTemporaryFolder { folder in
            let rig = Rig { _, _ in FakeProvider.say("ok") }
            await #expect(throws: CommandError("There is no session to resume yet.", isMistaken: true)) {
                _ = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            }
            let first = try await rig.open(directory: folder, isEphemeral: false)
            await #expect(throws: CommandError.self) {
                _ = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            }
            await first.close()
        }
    }
}

func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
    let files = LiveFileSystem()
    let folder = try files.realPath("/tmp") + "/loomkin-test-\(Hash.token(bytes: 8))"
    try files.makeDirectory(folder)
    defer { try? files.remove(folder, recursively: true) }
    try await body(folder)
}
