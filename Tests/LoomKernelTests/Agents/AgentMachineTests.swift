import LoomSystem
import Testing

@testable import LoomKernel

@Suite("An agent's machine")
struct AgentMachineTests {
    private let make = Make()

    @Test("thinks when a message comes, and ends its turn with the model's last words")
    func plainTurn() {
        var machine = AgentMachine(limit: 10)
        #expect(machine.handle(.received([self.make.item("hello")])) == [.think])
        #expect(machine.status == .thinking)
        #expect(machine.handle(.replied(self.make.reply("hi"), parallel: [])) == [.conclude(.done, "hi")])
        #expect(machine.status == .idle)
        #expect(machine.messages.map(\.author) == [.user, .assistant])
    }

    @Test(
        "runs parallel-safe neighbours together and any other call alone",
        arguments: [
            (["a", "b", "c"], Set(["a", "b", "c"]), [["a", "b", "c"]]),
            (["a", "b", "c"], Set<String>(), [["a"], ["b"], ["c"]]),
            (["a", "b", "c", "d"], Set(["a", "b", "d"]), [["a", "b"], ["c"], ["d"]]),
            (["a", "b", "c"], Set(["b", "c"]), [["a"], ["b", "c"]]),
        ])
    func batches(calls: [String], parallel: Set<String>, expected: [[String]]) {
        var machine = AgentMachine(limit: 10)
        _ = machine.handle(.received([self.make.item("go")]))
        var effects = machine.handle(.replied(self.make.calls(calls), parallel: parallel))
        var seen: [[String]] = []
        while case .run(let batch)? = effects.first {
            seen.append(batch.map(\.id))
            for call in batch {
                _ = machine.handle(.started(call: call.id))
                effects = machine.handle(.finished(call: call.id, ToolResult("ok")))
            }
        }
        #expect(seen == expected)
        #expect(effects == [.think])
    }

    @Test("puts results in the order of the calls, whatever order they end in")
    func resultOrder() {
        var machine = AgentMachine(limit: 10)
        _ = machine.handle(.received([self.make.item("go")]))
        _ = machine.handle(.replied(self.make.calls(["a", "b"]), parallel: ["a", "b"]))
        _ = machine.handle(.finished(call: "b", ToolResult("second")))
        _ = machine.handle(.finished(call: "a", ToolResult("first")))
        #expect(
            machine.messages.last?.parts == [
                .toolResult(call: "a", name: "tool", text: "first", isError: false),
                .toolResult(call: "b", name: "tool", text: "second", isError: false),
            ])
    }

    @Test("holds messages that come while calls run until the results are in")
    func heldMessages() {
        var machine = self.executing(["a", "b"])
        #expect(machine.handle(.received([self.make.item("by the way")])) == [])
        _ = machine.handle(.finished(call: "a", ToolResult("1")))
        _ = machine.handle(.finished(call: "b", ToolResult("2")))
        let parts = machine.messages.last?.parts ?? []
        #expect(parts.count == 3)
        #expect(parts.last == .text("by the way"))
    }

    @Test("skips calls that have not begun when an urgent message comes")
    func urgent() {
        var machine = self.executing(["a", "b"])
        _ = machine.handle(.received([self.make.item("stop that", urgent: true)]))
        #expect(machine.handle(.finished(call: "a", ToolResult("1"))) == [.think])
        guard case .toolResult("b", _, let text, true)? = machine.messages.last?.parts[1] else {
            Issue.record("the second call has no result")
            return
        }
        #expect(text.contains("Not run"))
    }

    @Test("ends with limit, never with done, when the turn is too long")
    func limit() {
        var machine = AgentMachine(limit: 2)
        _ = machine.handle(.received([self.make.item("go")]))
        _ = machine.handle(.replied(self.make.calls(["a"]), parallel: []))
        #expect(machine.handle(.finished(call: "a", ToolResult("1"))) == [.think])
        _ = machine.handle(.replied(self.make.calls(["b"]), parallel: []))
        guard case .conclude(.limit, _)? = machine.handle(.finished(call: "b", ToolResult("2"))).first else {
            Issue.record("the turn did not end with limit")
            return
        }
        #expect(machine.outcome == .limit)
    }

    @Test("asks for another model after each second failure in a row, and for nothing else")
    func escalation() {
        var machine = AgentMachine(limit: 2)
        var refusal = self.make.reply("no")
        refusal.stop = .refusal
        func turn(_ event: AgentEvent) -> Bool {
            _ = machine.handle(.received([self.make.item("go")]))
            return machine.handle(event).contains(.escalate)
        }
        #expect(!turn(.replied(refusal, parallel: [])))
        #expect(!turn(.cancelled(by: "user")))
        #expect(turn(.replied(refusal, parallel: [])))
        // A turn that somebody stops, and a line that is down, say nothing of the next model.
        #expect(!turn(.cancelled(by: "user")))
        #expect(!turn(.modelFailed(ModelFailure(.network, "down"))))
        #expect(!turn(.replied(refusal, parallel: [])))
        #expect(!turn(.replied(self.make.reply("yes"), parallel: [])))
        #expect(!turn(.replied(refusal, parallel: [])))
        #expect(turn(.modelFailed(ModelFailure(.invalid, "nonsense"))))
    }

    @Test("pauses at the next boundary and goes on where it was")
    func pauseInBatch() {
        var machine = self.executing(["a", "b"])
        #expect(machine.handle(.paused) == [])
        #expect(machine.status == .executing)
        #expect(machine.handle(.finished(call: "a", ToolResult("1"))) == [])
        #expect(machine.status == .paused)
        #expect(machine.handle(.resumed) == [.run([self.make.call("b")])])
    }

    @Test("aborts the model call of a pause and asks again on resume")
    func pauseInThought() {
        var machine = AgentMachine(limit: 10)
        _ = machine.handle(.received([self.make.item("go")]))
        #expect(machine.handle(.paused) == [.cancelModel])
        #expect(machine.status == .paused)
        #expect(machine.handle(.resumed) == [.think])
    }

    @Test("cancels what runs, answers what has not begun, and ends cancelled")
    func cancel() {
        var machine = self.executing(["a", "b"])
        #expect(machine.handle(.cancelled(by: "user")) == [.cancelCalls(["a"])])
        let effects = machine.handle(.finished(call: "a", ToolResult("", status: .cancelled)))
        #expect(effects == [.conclude(.cancelled, "")])
        #expect(machine.status == .idle)
    }

    @Test("is gated while only a human is waited for")
    func gated() {
        var machine = self.executing(["a"])
        _ = machine.handle(.gated(call: "a", question: self.make.id()))
        #expect(machine.status == .gated)
        _ = machine.handle(.ungated(call: "a"))
        #expect(machine.status == .executing)
    }

    @Test("asks what came of a call that had begun, and simply runs one that had not")
    func restart() {
        var begun = self.executing(["a", "b"])
        _ = begun.handle(.started(call: "a"))
        #expect(begun.handle(.restarted) == [.recover(self.make.call("a"))])
        #expect(begun.handle(.finished(call: "a", ToolResult("interrupted", status: .interrupted))) == [.run([self.make.call("b")])])

        var waiting = self.executing(["a"])
        #expect(waiting.handle(.restarted) == [.run([self.make.call("a")])])

        var thinking = AgentMachine(limit: 10)
        _ = thinking.handle(.received([self.make.item("go")]))
        #expect(thinking.handle(.restarted) == [.think])
    }

    @Test("waits for people until the last of a call's questions is answered, and knows that it had begun")
    func severalQuestions() {
        for wasBegun in [true, false] {
            var machine = self.executing(["a"])
            if wasBegun { _ = machine.handle(.started(call: "a")) }
            for _ in 0..<2 { _ = machine.handle(.gated(call: "a", question: self.make.id())) }
            _ = machine.handle(.ungated(call: "a"))
            #expect(machine.status == .gated)
            _ = machine.handle(.ungated(call: "a"))
            #expect(machine.status == .executing)
            #expect(machine.handle(.restarted) == (wasBegun ? [.recover(self.make.call("a"))] : [.run([self.make.call("a")])]))
        }
    }

    @Test("has no question open any more when it is started again")
    func restartedWhileGated() {
        var machine = self.executing(["a"])
        _ = machine.handle(.started(call: "a"))
        _ = machine.handle(.gated(call: "a", question: self.make.id()))
        #expect(machine.handle(.restarted) == [.recover(self.make.call("a"))])
        #expect(machine.status == .executing)
    }

    @Test("is the same machine when rebuilt from its events", arguments: 0..<200)
    func rebuilding(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        var machine = AgentMachine(limit: 6)
        var events: [AgentEvent] = []
        for step in 0..<60 {
            let event = self.randomEvent(machine, step, random)
            events.append(event)
            _ = machine.handle(event)
            self.checkPairs(machine, seed)
        }
        var again = AgentMachine(limit: 6)
        for event in events {
            let stored = try JSON.parse(JSON(encoding: event).text())
            _ = again.handle(try stored.decode(as: AgentEvent.self))
        }
        #expect(again == machine, "seed \(seed)")
    }

    /// Every call has its result in the very next message, unless its batch is still open.
    private func checkPairs(_ machine: AgentMachine, _ seed: UInt64) {
        for (index, message) in machine.messages.enumerated() where !message.toolCalls.isEmpty {
            guard index + 1 < machine.messages.count else { continue }
            let answered = machine.messages[index + 1].parts.compactMap { if case .toolResult(let id, _, _, _) = $0 { id } else { nil } }
            #expect(answered == message.toolCalls.map(\.id), "seed \(seed)")
        }
    }

    private func randomEvent(_ machine: AgentMachine, _ step: Int, _ random: SeededRandom) -> AgentEvent {
        switch random.next(in: 0...9) {
        case 0: return .paused
        case 1: return .resumed
        case 2: return .cancelled(by: "user")
        case 3: return .restarted
        case 4, 5: return .received([self.make.item("m\(step)", urgent: random.next(in: 0...3) == 0)])
        default:
            if let call = machine.openCalls.first {
                return random.next(in: 0...2) == 0 ? .started(call: call.id) : .finished(call: call.id, ToolResult("r\(step)"))
            }
            let count = random.next(in: 0...3)
            let ids = (0..<count).map { "c\(step)-\($0)" }
            return .replied(count == 0 ? self.make.reply("t\(step)") : self.make.calls(ids), parallel: Set(ids.prefix(2)))
        }
    }

    private func executing(_ calls: [String]) -> AgentMachine {
        var machine = AgentMachine(limit: 10)
        _ = machine.handle(.received([self.make.item("go")]))
        _ = machine.handle(.replied(self.make.calls(calls), parallel: []))
        return machine
    }
}

/// Makes the values that machine tests are about.
struct Make: Sendable {
    private let identifiers = IDGenerator(clock: ManualClock(), random: SeededRandom(seed: 1))

    func id() -> ID { self.identifiers.next() }

    func item(_ text: String, urgent: Bool = false) -> InboxItem {
        InboxItem(
            id: self.id(), from: "user", to: "ada", kind: .user, priority: urgent ? .urgent : .normal, text: text,
            time: Timestamp(nanoseconds: 0), cause: nil)
    }

    func call(_ id: String) -> ToolCall { ToolCall(id: id, name: "tool", arguments: .object([:])) }

    func reply(_ text: String) -> ModelReply {
        ModelReply(message: Message(.assistant, [.text(text)]), usage: Usage(), stop: .end)
    }

    func calls(_ ids: [String]) -> ModelReply {
        ModelReply(message: Message(.assistant, ids.map { .toolCall(self.call($0)) }), usage: Usage(), stop: .toolUse)
    }
}
