import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel

@Suite("A workspace")
struct WorkspaceTests {
    @Test("carries a message to the lead, its call to a tool, and its last words back")
    func wholeTurn() async throws {
        let tool = FakeTool("look") { arguments, _ in ToolResult("saw \(arguments["path"]?.stringValue ?? "")") }
        let rig = Rig(tools: [tool]) { call, number in
            number == 0 ? FakeProvider.use([("c1", "look", ["path": "a.txt"])]) : FakeProvider.say("it is fine")
        }
        let workspace = try await rig.open()
        try await workspace.send("look at it")
        let end = await workspace.waitUntilQuiet()
        #expect(end.outcome == .done)
        #expect(end.result == "it is fine")
        let second = try #require(rig.provider.received.last)
        #expect(second.messages.last?.parts == [.toolResult(call: "c1", name: "look", text: "saw a.txt", isError: false)])
        let types = try await workspace.history(after: 0, limit: 1000).map(\.type)
        for type in [
            "session.started", "agent.spawned", "user.said", "inbox.queued", "inbox.read", "tool.started", "tool.finished", "agent.said",
            "agent.finished",
        ] {
            #expect(types.contains(type), "no \(type)")
        }
        await workspace.close()
    }

    @Test("asks a person before a write, shows the difference, and stores exactly the rule it offered")
    func permission() async throws {
        let tool = FakeTool("file_write", touches: [Access(.write, "src/a.txt")]) { _, host throws(ToolError) in
            let write = try await host.write("src/a.txt", "one\ntwo\n")
            return ToolResult("wrote +\(write.added)")
        }
        var rig = Rig(tools: [tool]) { _, number in
            number < 2 ? FakeProvider.use([("c\(number)", "file_write", [:])]) : FakeProvider.say("done")
        }
        rig.configuration.permissions = .ask
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("write it")
        let asked = try #require(await signals.first(QuestionAsked.self)).question
        #expect(asked.title == "lead wants to edit src/a.txt  (+2 −0)")
        #expect(asked.detail.contains("+two"))
        #expect(asked.why == "rule «ask write» (preset ask)")
        #expect(asked.always == "allow file_write src/**")
        #expect(await workspace.snapshot().agents.first?.state == .gated)
        rig.clock.advance(by: .seconds(60))
        try await workspace.answer(asked.id, .always, by: "user/test")
        let end = await workspace.waitUntilQuiet()
        #expect(end.outcome == .done)
        #expect(await workspace.snapshot().grants == ["allow file_write src/**"])
        // The person's time is not the call's.
        let kept = try await workspace.history(after: 0, limit: 1_000)
        #expect(kept.compactMap { $0.payload(ToolFinished.self)?.milliseconds } == [0, 0])
        #expect(String(decoding: try rig.files.read("/p/src/a.txt"), as: UTF8.self) == "one\ntwo\n")
        await #expect(throws: CommandError.self) { try await workspace.answer(asked.id, .allow, by: "page") }
        await workspace.close()
    }

    @Test("asks no more what a preset decides that is chosen meanwhile", arguments: [TrustPreset.full, .readOnly])
    func reconsidered(preset: TrustPreset) async throws {
        let tool = FakeTool("shell", touches: [Access(.execute, "make")]) { _, _ in ToolResult("ran") }
        var rig = Rig(tools: [tool]) { _, number in
            number == 0 ? FakeProvider.use([("c1", "shell", [:])]) : FakeProvider.say("done")
        }
        rig.configuration.permissions = .ask
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("go")
        _ = try #require(await signals.first(QuestionAsked.self))
        try await workspace.setPermissions(.edit, by: "user/test")
        #expect(await workspace.snapshot().questions.count == 1)
        try await workspace.setPermissions(preset, by: "user/test")
        _ = await workspace.waitUntilQuiet()
        let kept = try await workspace.history(after: 0, limit: 1_000)
        let answers = kept.compactMap { $0.payload(QuestionAnswered.self) }
        #expect(answers.map(\.by) == ["rule"])
        #expect(answers.map(\.answer) == [preset == .full ? .allow : .refuse])
        let decisions = kept.compactMap { $0.payload(PermissionDecided.self) }
        #expect(decisions.map(\.verdict) == [preset == .full ? .allow : .deny])
        #expect(decisions.first?.origin == "preset \(preset.rawValue)")
        await workspace.close()
    }

    @Test("a grant answers the other questions that it is about", .timeLimit(.minutes(1)))
    func grantedMeanwhile() async throws {
        let tool = FakeTool("shell", touches: [Access(.execute, "make")]) { _, _ in ToolResult("ran") }
        var rig = Rig(tools: [tool]) { call, _ in
            call.step == 0 ? FakeProvider.use([("c1", "shell", [:])]) : FakeProvider.say("done")
        }
        rig.configuration.permissions = .ask
        let workspace = try await rig.open()
        _ = try await workspace.spawn(role: "coder", name: "ada", model: nil, by: "user")
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("go")
        try await workspace.send("go", to: "ada")
        while await workspace.snapshot().questions.count < 2 { _ = await signals.next() }
        let first = try #require(await workspace.snapshot().questions.first)
        try await workspace.answer(first.id, .always, by: "user/test")
        #expect(await workspace.waitUntilQuiet().outcome == .done)
        let answers = try await workspace.history(after: 0, limit: 1_000).compactMap { $0.payload(QuestionAnswered.self) }
        #expect(answers.map(\.by) == ["user/test", "rule"])
        await workspace.close()
    }

    @Test("refuses when nobody can answer, and its outcome says so")
    func nobody() async throws {
        let tool = FakeTool("shell", touches: [Access(.execute, "make")]) { _, _ in ToolResult("ran") }
        var rig = Rig(tools: [tool]) { _, number in
            number == 0 ? FakeProvider.use([("c1", "shell", [:])]) : FakeProvider.say("I could not")
        }
        rig.configuration.permissions = .ask
        let workspace = try await rig.open(isInteractive: false)
        try await workspace.send("make it")
        #expect(await workspace.waitUntilQuiet().outcome == .refused)
        guard case .toolResult(_, _, let text, true)? = rig.provider.received.last?.messages.last?.parts.first else {
            Issue.record("the model was not told")
            return
        }
        #expect(text.hasPrefix("Refused by nobody"))
        await workspace.close()
    }

    @Test("refuses a write over what the agent has not read, or what has changed since")
    func stale() async throws {
        let files = Mutex<[String]>([])
        let tool = FakeTool("try") { arguments, host throws(ToolError) in
            if arguments["read"]?.boolValue == true { _ = try await host.read("a.txt") }
            do throws(ToolError) {
                _ = try await host.write("a.txt", arguments["text"]?.stringValue ?? "")
                files.withLock { $0.append("ok") }
            } catch {
                files.withLock { $0.append(error.message) }
            }
            return ToolResult("")
        }
        let rig = Rig(tools: [tool]) { _, number in
            switch number {
            case 0: FakeProvider.use([("c0", "try", ["text": "blind\n"])])
            case 1: FakeProvider.use([("c1", "try", ["text": "seen\n", "read": true])])
            case 2: FakeProvider.say("waiting")
            case 3: FakeProvider.use([("c3", "try", ["text": "late\n"])])
            default: FakeProvider.say("done")
            }
        }
        try rig.files.write("first\n", to: "/p/a.txt")
        let workspace = try await rig.open()
        try await workspace.send("go")
        _ = await workspace.waitUntilQuiet()
        try rig.files.write("somebody else\n", to: "/p/a.txt")
        try await workspace.send("again")
        _ = await workspace.waitUntilQuiet()
        let seen = files.withLock { $0 }
        #expect(seen.count == 3)
        #expect(seen[0].contains("have not read it"))
        #expect(seen[1] == "ok")
        #expect(seen[2].contains("has changed since you read it"))
        await workspace.close()
    }

    @Test(
        "keeps file tools inside the project and out of its own folders",
        arguments: ["../x", "/etc/passwd", ".loomkin/loomkin.db", ".git/config"])
    func confined(path: String) async throws {
        let refusal = Mutex("")
        let tool = FakeTool("try") { _, host throws(ToolError) in
            do throws(ToolError) { _ = try await host.write(path, "x") } catch { refusal.withLock { $0 = error.message } }
            return ToolResult("")
        }
        let rig = Rig(tools: [tool]) { _, number in number == 0 ? FakeProvider.use([("c", "try", [:])]) : FakeProvider.say("ok") }
        let workspace = try await rig.open()
        try await workspace.send("go")
        _ = await workspace.waitUntilQuiet()
        #expect(!refusal.withLock { $0 }.isEmpty)
        await workspace.close()
    }

    @Test("lets a team work: spawn, assign, complete, and the lead hears of it")
    func team() async throws {
        let spawn = FakeTool("spawn") { _, host throws(ToolError) in
            _ = try await host.spawn(SpawnRequest(teamName: nil, purpose: "help", members: [.init(name: "ada", role: "coder", model: nil)]))
            return ToolResult("started")
        }
        let assign = FakeTool("assign") { _, host throws(ToolError) in
            ToolResult(try await host.assign(title: "fix", description: "the bug", to: "ada").id)
        }
        let complete = FakeTool("complete") { _, host throws(ToolError) in
            ToolResult(try await host.complete(task: nil, result: "fixed it", failed: false).id)
        }
        let rig = Rig(tools: [spawn, assign, complete]) { call, _ in
            switch (call.agent, call.step) {
            case ("lead", 0): FakeProvider.use([("l0", "spawn", [:])])
            case ("lead", 1): FakeProvider.use([("l1", "assign", [:])])
            case ("ada", 0): FakeProvider.use([("a0", "complete", [:])])
            case ("lead", _) where call.messages.contains(where: { $0.text.contains("is done, says ada") }): FakeProvider.say("all done")
            default: FakeProvider.say("waiting")
            }
        }
        let workspace = try await rig.open()
        try await workspace.send("fix the bug")
        let end = await workspace.waitUntilQuiet()
        #expect(end.result == "all done")
        #expect(await workspace.snapshot().tasks.map(\.status) == [.done])
        await workspace.close()
    }

    @Test(
        "tells who handed a task out that its agent has left with it, or has ended its turn", .timeLimit(.minutes(1)),
        arguments: [true, false])
    func abandonedTask(leaves: Bool) async throws {
        let spawn = FakeTool("spawn") { _, host throws(ToolError) in
            _ = try await host.spawn(SpawnRequest(teamName: nil, purpose: "help", members: [.init(name: "ada", role: "coder", model: nil)]))
            return ToolResult("started")
        }
        let assign = FakeTool("assign") { _, host throws(ToolError) in
            ToolResult(try await host.assign(title: "fix", description: "the bug", to: "ada").id)
        }
        let rig = Rig(tools: [spawn, assign]) { call, _ in
            switch (call.agent, call.step) {
            case ("lead", 0): return FakeProvider.use([("l0", "spawn", [:])])
            case ("lead", 1): return FakeProvider.use([("l1", "assign", [:])])
            case ("lead", _) where call.messages.contains(where: { $0.text.contains("without completing t1-") }):
                return FakeProvider.say("on my own then")
            case ("lead", _): return FakeProvider.say("waiting")
            default:
                if leaves { try await forever() }
                return FakeProvider.say("I cannot")
            }
        }
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("fix the bug")
        _ = await signals.first(ModelStarted.self) { $0.agent == "ada" }
        if leaves { try await workspace.remove("ada", by: "user/test") }
        #expect(await workspace.waitUntilQuiet().result == "on my own then")
        // With what it follows from, or a kill between the two would lose it.
        let kept = try await workspace.history(after: 0, limit: 1_000)
        let notice = try #require(kept.firstIndex { $0.payload(InboxQueued.self)?.kind == .notice })
        let words = leaves ? "ada left the team" : "ada ended its turn (done)"
        #expect(kept[notice].payload(InboxQueued.self)?.text.hasPrefix(words) == true)
        #expect(kept[notice - 1].type == (leaves ? AgentStopped.type : AgentFinished.type))
        await workspace.close()
    }

    @Test("tries a cut stream again without running a tool twice")
    func cutStream() async throws {
        let runs = Mutex(0)
        let tool = FakeTool("count") { _, _ in
            runs.withLock { $0 += 1 }
            return ToolResult("counted")
        }
        let rig = Rig(tools: [tool]) { _, number in
            switch number {
            case 0: FakeProvider.use([("c1", "count", [:])])
            case 1: [.usage(Usage(input: 70)), .text("half a")]
            default: FakeProvider.say("whole")
            }
        }
        let workspace = try await rig.open()
        try await workspace.send("go")
        await rig.clock.waitForSleepers()
        rig.clock.advance(by: .seconds(60))
        let end = await workspace.waitUntilQuiet()
        #expect(end.result == "whole")
        // The vendor's count for the cut stream as well.
        #expect(end.usage.input == 270)
        #expect(runs.withLock { $0 } == 1)
        await workspace.close()
    }

    @Test("asks the provider again that is there by then", .timeLimit(.minutes(1)))
    func replacedProvider() async throws {
        let rig = Rig { _, _ in throw ModelFailure(.overloaded, "busy") }
        let workspace = try await rig.open()
        try await workspace.send("go")
        await rig.clock.waitForSleepers()
        rig.catalog.save(FakeProvider { _, _ in FakeProvider.say("from the new one") })
        rig.clock.advance(by: .seconds(60))
        #expect(await workspace.waitUntilQuiet().result == "from the new one")
        #expect(rig.provider.received.count == 1)
        await workspace.close()
    }

    @Test("says in one sentence why a model cannot be used, and takes the next message")
    func failure() async throws {
        let rig = Rig { _, number in
            if number == 0 { throw ModelFailure(.auth, "The key was refused.", hint: "Check FAKE_KEY.") }
            return FakeProvider.say("now it works")
        }
        let workspace = try await rig.open()
        try await workspace.send("hello")
        let first = await workspace.waitUntilQuiet()
        #expect(first.outcome == .failed)
        try await workspace.send("again")
        #expect(await workspace.waitUntilQuiet().result == "now it works")
        await workspace.close()
    }

    @Test("ends the turn of a model call that somebody else cancelled", .timeLimit(.minutes(1)))
    func cancelledByOthers() async throws {
        let rig = Rig { _, number in
            if number == 0 { throw ModelFailure(.cancelled, "The provider has left.") }
            return FakeProvider.say("back")
        }
        let workspace = try await rig.open()
        try await workspace.send("hello")
        #expect(await workspace.waitUntilQuiet().outcome == .failed)
        try await workspace.send("again")
        #expect(await workspace.waitUntilQuiet().result == "back")
        await workspace.close()
    }

    @Test("stops at its budget with the outcome limit")
    func budget() async throws {
        var rig = Rig { _, _ in FakeProvider.say("never") }
        rig.configuration.sessionBudgetUSD = -1
        let workspace = try await rig.open()
        try await workspace.send("hello")
        #expect(await workspace.waitUntilQuiet().outcome == .limit)
        #expect(rig.provider.received.isEmpty)
        await workspace.close()
    }

    @Test("lets go of whoever waits for another's question about the budget and is stopped", .timeLimit(.minutes(1)))
    func stoppedAtBudget() async throws {
        var rig = Rig { _, _ in FakeProvider.say("went on") }
        rig.configuration.sessionBudgetUSD = 1
        let workspace = try await rig.open()
        _ = try await workspace.spawn(role: "coder", name: "ada", model: nil, by: "user")
        workspace.services.budget.charge(2, to: "lead")
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("go")
        let question = try #require(await signals.first(QuestionAsked.self)).question
        try await workspace.send("go", to: "ada")
        while rig.provider.looks < 2 { await Task.yield() }
        // Most likely it waits for the answer by then.
        for _ in 1...100 { await Task.yield() }
        try await workspace.remove("ada", by: "user")
        #expect(await workspace.snapshot().questions.map(\.id) == [question.id])
        try await workspace.answer(question.id, .allow, by: "user")
        #expect(await workspace.waitUntilQuiet().result == "went on")
        #expect(workspace.services.budget.sessionLimit == 2)
        await workspace.close()
    }

    @Test("stops who is just coming back after a failure when they are back", .timeLimit(.minutes(1)))
    func stoppedBetweenLives() async throws {
        let (begun, cancelled, mayEnd) = (OneShot<Bool>(), OneShot<Bool>(), OneShot<Bool>())
        let tool = FakeTool("slow") { _, _ in
            begun.fulfil(true)
            await withTaskCancellationHandler {
                // Deaf to its cancellation, and slow to end.
                _ = await Task { await mayEnd.value() }.value
            } onCancel: {
                cancelled.fulfil(true)
            }
            try? await forever()
            return ToolResult("late")
        }
        let rig = Rig(tools: [tool]) { _, number in number == 0 ? FakeProvider.use([("c1", "slow", [:])]) : FakeProvider.say("went on") }
        let workspace = try await rig.open()
        try await workspace.send("go")
        _ = await begun.value()
        // A message that cannot be taken makes it fail while its call still runs.
        try await workspace.services.store.transaction { transaction in
            try transaction.db.run(
                sql: "CREATE TRIGGER deaf BEFORE INSERT ON agent_event BEGIN SELECT RAISE(ABORT, 'no'); END")
        }
        try await workspace.send("and this", urgent: true)
        _ = await cancelled.value()
        try await workspace.services.store.transaction { try $0.db.run(sql: "DROP TRIGGER deaf") }
        let stopping = Task { try await workspace.stop(nil, by: "user") }
        for _ in 1...100 { await Task.yield() }
        mayEnd.fulfil(true)
        try await stopping.value
        _ = await workspace.waitUntilQuiet()
        let kept = try await workspace.history(after: 0, limit: 1_000)
        #expect(kept.contains { $0.type == AgentRestarted.type })
        // The message came before, so it belongs to the turn that is stopped.
        #expect(kept.compactMap { $0.payload(AgentFinished.self)?.outcome } == [.cancelled])
        await workspace.close()
    }

    @Test("answers an urgent message that comes while a stopped call still ends", .timeLimit(.minutes(1)))
    func urgentAfterStop() async throws {
        let (begun, mayEnd) = (OneShot<Bool>(), OneShot<Bool>())
        let tool = FakeTool("slow") { _, _ in
            begun.fulfil(true)
            _ = await Task { await mayEnd.value() }.value
            return ToolResult("late")
        }
        let rig = Rig(tools: [tool]) { call, number in
            number == 0 ? FakeProvider.use([("c1", "slow", [:])]) : FakeProvider.say("heard \(call.messages.last?.text ?? "")")
        }
        let workspace = try await rig.open()
        try await workspace.send("go")
        _ = await begun.value()
        try await workspace.stop(nil, by: "user")
        try await workspace.send("now this", urgent: true)
        // Its poke comes first: what is told later is taken later.
        try await workspace.resume("lead")
        mayEnd.fulfil(true)
        #expect(await workspace.waitUntilQuiet().result.hasSuffix("now this"))
        await workspace.close()
    }

    @Test("closes also while an agent's call waits for another that is just coming back", .timeLimit(.minutes(1)))
    func stoppedByAgent() async throws {
        let (begun, cancelled, mayEnd, asked) = (OneShot<Bool>(), OneShot<Bool>(), OneShot<Bool>(), OneShot<Bool>())
        let slow = FakeTool("slow") { _, _ in
            begun.fulfil(true)
            await withTaskCancellationHandler {
                _ = await Task { await mayEnd.value() }.value
            } onCancel: {
                cancelled.fulfil(true)
            }
            return ToolResult("late")
        }
        let stop = FakeTool("stop") { _, host throws(ToolError) in
            asked.fulfil(true)
            try await host.control("ada", .stop)
            return ToolResult("stopped")
        }
        let rig = Rig(tools: [slow, stop]) { call, _ in
            guard call.step == 0 else { return FakeProvider.say("over") }
            return FakeProvider.use([("\(call.agent)-1", call.agent == "ada" ? "slow" : "stop", [:])])
        }
        let workspace = try await rig.open()
        _ = try await workspace.spawn(role: "coder", name: "ada", model: nil, by: "user")
        try await workspace.send("go", to: "ada")
        _ = await begun.value()
        try await workspace.services.store.transaction { transaction in
            try transaction.db.run(
                sql: """
                    CREATE TRIGGER deaf BEFORE INSERT ON agent_event WHEN NEW.event LIKE '%and this%'
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """)
        }
        try await workspace.send("and this", to: "ada", urgent: true)
        _ = await cancelled.value()
        try await workspace.send("go")
        _ = await asked.value()
        for _ in 1...100 { await Task.yield() }
        // Ada's end waits for her call, and lead's call waits for ada.
        let closing = Task { await workspace.close() }
        for _ in 1...100 { await Task.yield() }
        mayEnd.fulfil(true)
        _ = await closing.value
    }

    @Test("takes a model that is chosen while a prompt is made for the call after it, with a window of its own", .timeLimit(.minutes(1)))
    func chosenMeanwhile() async throws {
        let rig = Rig(tools: [FakeTool("look") { _, _ in ToolResult("x") }]) { _, _ in FakeProvider.say("ok") }
        let workspace = try await rig.open()
        try await workspace.send("one")
        _ = await workspace.waitUntilQuiet()
        rig.catalog.duringPrompts {
            rig.catalog.duringPrompts(nil)
            _ = try? await workspace.setModel("fake:other", for: "lead")
        }
        try await workspace.send("two")
        _ = await workspace.waitUntilQuiet()
        rig.catalog.save(FakeTool("hear") { _, _ in ToolResult("x") })
        rig.catalog.save(role: "lead", tools: ["look", "hear"])
        try await workspace.send("three")
        _ = await workspace.waitUntilQuiet()
        let calls = rig.provider.received
        #expect(calls.map(\.model.model) == ["m", "m", "other"])
        #expect(calls.map(\.tools.count) == [1, 1, 2])
        await workspace.close()
    }

    @Test("asks on where a saved configuration asks too, though its rules with the preset before would not")
    func reconfigured() async throws {
        let tool = FakeTool("shell", touches: [Access(.execute, "rm notes.txt")]) { _, _ in ToolResult("ran") }
        var rig = Rig(tools: [tool]) { _, number in
            number == 0 ? FakeProvider.use([("c1", "shell", [:])]) : FakeProvider.say("done")
        }
        rig.configuration.permissions = .full
        rig.configuration.values["permissions.preset"] = "full"
        rig.configuration.rules = [try #require(PermissionRule(.ask, text: "shell rm *", origin: "test"))]
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("go")
        let question = try #require(await signals.first(QuestionAsked.self)).question
        var saved = rig.configuration
        (saved.permissions, saved.rules) = (.ask, [])
        saved.values["permissions.preset"] = "ask"
        await workspace.reconfigure(saved)
        #expect(await workspace.snapshot().questions.map(\.id) == [question.id])
        try await workspace.answer(question.id, .refuse, by: "user/test")
        _ = await workspace.waitUntilQuiet()
        await workspace.close()
    }

    @Test("keeps a budget that a person raised when another setting is saved")
    func raisedBudget() async throws {
        var rig = Rig { _, _ in FakeProvider.say("ok") }
        rig.configuration.sessionBudgetUSD = 5
        rig.configuration.values["budget.session_usd"] = 5
        let workspace = try await rig.open()
        let budget = workspace.services.budget
        let refusal = #expect(throws: Budget.Refusal.self) { try budget.reserve(6, for: "lead") }
        budget.raise(try #require(refusal))
        var saved = rig.configuration
        saved.maxTurns = 7
        saved.values["limits.max_turns"] = 7
        await workspace.reconfigure(saved)
        #expect(budget.sessionLimit == 10)
        saved.sessionBudgetUSD = 3
        saved.values["budget.session_usd"] = 3
        await workspace.reconfigure(saved)
        #expect(budget.sessionLimit == 3)
        await workspace.close()
    }

    @Test("refuses a call whose tool would touch what lies outside the project, whatever the tool then does")
    func outside() async throws {
        let tool = FakeTool("look", touches: [Access(.read, "src/../../x")]) { _, _ in ToolResult("saw it") }
        let rig = Rig(tools: [tool]) { call, number in
            number == 0 ? FakeProvider.use([("c", "look", [:])]) : FakeProvider.say("\(call.messages.last?.parts ?? [])")
        }
        let workspace = try await rig.open()
        try await workspace.send("go")
        let said = await workspace.waitUntilQuiet().result
        #expect(said.contains("outside the project") && !said.contains("saw it"))
        await workspace.close()
    }

    @Test("lets go of everybody who waits for an answer when it closes, also of one whose answer is just being kept")
    func closing() async throws {
        for _ in 1...30 {
            let workspace = try await Rig { _, _ in FakeProvider.say("ok") }.open()
            let questions = workspace.services.questions
            let asker = try await workspace.roster.identity("lead")
            let (ids, asked) = AsyncStream.makeStream(of: ID.self)
            let asking = Task {
                defer { asked.finish() }
                return try await questions.ask(.init(kind: .permission, asker: asker, call: "c", title: "t")) { asked.yield($0) }
            }
            for await id in ids {
                async let answered = questions.answer(id, .allow, by: "user")
                await questions.close()
                _ = try await answered
                break
            }
            _ = try await asking.value
            await workspace.close()
        }
    }

    @Test("lets go of whoever is cancelled while an answer comes that cannot be kept", .timeLimit(.minutes(1)))
    func cancelledMeanwhile() async throws {
        for _ in 1...30 {
            let workspace = try await Rig { _, _ in FakeProvider.say("ok") }.open()
            let questions = workspace.services.questions
            let asker = try await workspace.roster.identity("lead")
            let (ids, asked) = AsyncStream.makeStream(of: ID.self)
            let asking = Task {
                defer { asked.finish() }
                return try await questions.ask(.init(kind: .permission, asker: asker, call: "c", title: "t")) { asked.yield($0) }
            }
            for await id in ids {
                workspace.services.store.close()
                let answering = Task { try await questions.answer(id, .allow, by: "user") }
                asking.cancel()
                // It may be too late to be an answer at all.
                _ = await answering.result
                break
            }
            #expect(try await asking.value == Questions.Reply(answer: .refuse, by: "cancelled"))
            #expect(await questions.waiting.isEmpty)
            await workspace.close()
        }
    }

    @Test("keeps the bytes of system prompt and tools the same from turn to turn")
    func stablePrefix() async throws {
        let tool = FakeTool("look") { _, _ in ToolResult("x") }
        let rig = Rig(tools: [tool]) { _, number in number == 0 ? FakeProvider.use([("c", "look", [:])]) : FakeProvider.say("ok") }
        let workspace = try await rig.open()
        try await workspace.send("one")
        _ = await workspace.waitUntilQuiet()
        try await workspace.send("two")
        _ = await workspace.waitUntilQuiet()
        let calls = rig.provider.received
        #expect(calls.count == 3)
        for (earlier, later) in zip(calls, calls.dropFirst()) {
            #expect(earlier.system == later.system)
            #expect(earlier.tools == later.tools)
            #expect(Array(later.messages.prefix(earlier.messages.count)) == earlier.messages)
        }
        await workspace.close()
    }

    @Test("pauses, keeps messages unread meanwhile, and goes on when resumed")
    func pause() async throws {
        let rig = Rig { _, _ in FakeProvider.say("ok") }
        let workspace = try await rig.open()
        try await workspace.pause(nil)
        try await workspace.send("hello")
        _ = await workspace.waitUntilQuiet()
        #expect(rig.provider.received.isEmpty)
        #expect(await workspace.snapshot().agents.first?.queued == 1)
        try await workspace.resume(nil)
        #expect(await workspace.waitUntilQuiet().result == "ok")
        await workspace.close()
    }

    @Test("cancels a turn while the model speaks, and the agent can be spoken to again")
    func cancel() async throws {
        let rig = Rig { _, number in
            if number == 0 { try await forever() }
            return FakeProvider.say("back")
        }
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("hello")
        _ = await signals.first(ModelStarted.self)
        try await workspace.stop(nil, by: "user")
        #expect(await workspace.waitUntilQuiet().outcome == .cancelled)
        try await workspace.send("again")
        #expect(await workspace.waitUntilQuiet().result == "back")
        await workspace.close()
    }

    @Test("is halted: the turn under way ends, and what waits is left for later", .timeLimit(.minutes(1)))
    func halted() async throws {
        let rig = Rig { _, _ in
            try await forever()
            return []
        }
        let workspace = try await rig.open()
        let signals = workspace.bus.subscribe(name: "test")
        try await workspace.send("hello")
        _ = await signals.first(ModelStarted.self)
        try await workspace.send("and more")
        await workspace.halt(by: "user/test")
        #expect(await workspace.waitUntilQuiet().outcome == .cancelled)
        #expect(await workspace.snapshot().agents.first?.queued == 1)
        #expect(rig.provider.received.count == 1)
        #expect(try await workspace.history(after: 0, limit: 1_000).last?.payload(SessionHalted.self)?.by == "user/test")
        await workspace.close()
    }

    @Test("comes to rest while another session of the same project does not", .timeLimit(.minutes(1)))
    func besideAnother() async throws {
        try await withTemporaryFolder { folder in
            let rig = Rig { _, _ in FakeProvider.say("done") }
            let other = try await rig.open(directory: folder, isEphemeral: false)
            let busy = Task {
                while !Task.isCancelled { _ = try await other.services.store.publish(Notice(level: "info", text: "busy"), source: "test") }
            }
            rig.clock.advance(by: .seconds(1))
            let workspace = try await rig.open(directory: folder, isEphemeral: false)
            for _ in 1...3 {
                try await workspace.send("hello")
                #expect(await workspace.waitUntilQuiet().result == "done")
            }
            busy.cancel()
            _ = await busy.result
            await workspace.close()
            await other.close()
        }
    }

    @Test("sets the model of an agent, of a team, and of everybody, those to come included")
    func models() async throws {
        let rig = Rig { _, _ in FakeProvider.say("ok") }
        let workspace = try await rig.open()
        func spawn(_ name: String, _ team: String) async throws {
            try await workspace.roster.spawn(.init(role: "lead", name: name, team: team), by: "test")
        }
        func model(_ name: String) async -> String? { await workspace.snapshot().agents.first { $0.name == name }?.model }
        try await spawn("ada", "tools")
        let usual = await model("lead")
        try await workspace.setModel("fake:team", for: "tools")
        try await spawn("ben", "tools")
        #expect(await model("lead") == usual)
        #expect(await [model("ada"), model("ben")] == ["fake:team", "fake:team"])
        try await workspace.setModel("fake:one", for: "ada")
        #expect(await [model("ada"), model("ben")] == ["fake:one", "fake:team"])
        try await workspace.setModel("fake:all", for: nil)
        try await spawn("eve", "tools")
        #expect(await [model("lead"), model("ada"), model("eve")] == ["fake:all", "fake:all", "fake:all"])
        await #expect(throws: CommandError.self) { try await workspace.setModel("fake:x", for: "tool") }
        await workspace.close()
    }

    @Test(
        "names what is wrong and what is near in a command",
        arguments: [
            ("ladd", "There is no agent «ladd». Did you mean lead? Agents: lead.")
        ])
    func mistakes(name: String, message: String) async throws {
        let rig = Rig { _, _ in FakeProvider.say("ok") }
        let workspace = try await rig.open()
        await #expect(throws: CommandError(message)) { try await workspace.send("x", to: name) }
        await workspace.close()
    }
}
