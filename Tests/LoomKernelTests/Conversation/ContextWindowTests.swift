import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The context window")
struct ContextWindowTests {
    @Test("keeps whole turns, every call with its result, and the last user turn", arguments: 0..<100)
    func property(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var messages: [Message] = []
        var window = ContextWindow(ContextBudget(limit: 2_000, reply: 200))
        for turn in 0..<30 {
            messages.append(Message(.user, [.text("question \(turn) " + String(repeating: "x", count: random.next(in: 0...800)))]))
            for call in 0..<random.next(in: 0...3) {
                let id = "\(turn)-\(call)"
                messages.append(Message(.assistant, [.toolCall(ToolCall(id: id, name: "t", arguments: [:]))]))
                let text = String(repeating: "y", count: random.next(in: 0...1_500))
                messages.append(Message(.user, [.toolResult(call: id, name: "t", text: text, isError: false)]))
            }
            let content = window.content(of: messages, fixed: ContextUse([.system: 300], budget: window.budget), TokenEstimate())
            self.check(content, messages, seed)
            messages.append(Message(.assistant, [.text("answer \(turn)")]))
        }
    }

    @Test("sends the same bytes after a restart, whatever has left", arguments: 0..<50)
    func restart(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let budget = ContextBudget(limit: 2_000, reply: 200)
        var window = ContextWindow(budget)
        var messages = [Message(.user, [.text("begin")])]
        for step in 0..<40 {
            messages.append(Message(.assistant, [.toolCall(ToolCall(id: "\(step)", name: "t", arguments: [:]))]))
            let text = String(repeating: "y", count: random.next(in: 0...4_000))
            messages.append(Message(.user, [.toolResult(call: "\(step)", name: "t", text: text, isError: false)]))
            if random.next(in: 0...4) == 0 {
                messages.append(Message(.assistant, [.text("done")]))
                messages.append(Message(.user, [.text("more \(step)")]))
            }
            let sent = window.content(of: messages, fixed: ContextUse(budget: budget), TokenEstimate())
            var again = ContextWindow(budget, departed: window.departed)
            #expect(again.content(of: messages, fixed: ContextUse(budget: budget), TokenEstimate()) == sent, "seed \(seed), step \(step)")
            #expect(again.departed == window.departed, "seed \(seed), step \(step)")
        }
    }

    @Test("keeps the bytes before the last reply until something has to leave", arguments: 0..<50)
    func prefix(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var window = ContextWindow(ContextBudget(limit: 4_000, reply: 200))
        var messages = [Message(.user, [.text("begin")])]
        var before: ([Message], ContextWindow.Departed)?
        var estimate = TokenEstimate()
        var still = 0
        let gaveUp = { (departed: ContextWindow.Departed) in departed.results.filter { $0.value == 0 }.keys.sorted() }
        for step in 0..<40 {
            let content = window.content(of: messages, fixed: ContextUse(budget: window.budget), estimate)
            if let (sent, departed) = before, departed.turns == window.departed.turns, gaveUp(departed) == gaveUp(window.departed) {
                #expect(Array(content.messages.prefix(sent.count)) == sent, "seed \(seed), step \(step)")
                still += 1
            }
            before = (content.messages, window.departed)
            let profile = TextProfile(String(repeating: "some words ", count: 500))
            estimate.learn(.whole(profile, tokens: estimate.tokens(profile) * random.next(in: 80...130) / 100))
            estimate.see(profile, tokens: estimate.tokens(profile) * random.next(in: 80...130) / 100)
            messages.append(Message(.assistant, [.toolCall(ToolCall(id: "\(step)", name: "t", arguments: [:]))]))
            let text = String(repeating: "y", count: random.next(in: 0...6_000))
            messages.append(Message(.user, [.toolResult(call: "\(step)", name: "t", text: text, isError: false)]))
        }
        #expect(still > 10, "seed \(seed)")
    }

    private func check(_ content: ContextWindow.Content, _ all: [Message], _ seed: UInt64) {
        let calls = content.messages.flatMap(\.toolCalls).map(\.id)
        let results = content.messages.flatMap(\.parts).compactMap { if case .toolResult(let id, _, _, _) = $0 { id } else { nil } }
        #expect(calls == results, "seed \(seed)")
        #expect(content.messages.first?.author == .user, "seed \(seed)")
        let lastQuestion = all.last { $0.author == .user && $0.text.hasPrefix("question") }
        #expect(content.messages.contains { $0.text.hasSuffix(lastQuestion?.text ?? "?") }, "seed \(seed)")
    }

    @Test("moves its beginning in steps, so that the prefix stays the same for many turns")
    func steps() {
        var window = ContextWindow(ContextBudget(limit: 3_000, reply: 0))
        var messages: [Message] = []
        var beginnings: [Int] = []
        for turn in 0..<60 {
            messages.append(Message(.user, [.text("turn \(turn) " + String(repeating: "word ", count: 80))]))
            messages.append(Message(.assistant, [.text("ok")]))
            _ = window.content(of: messages, fixed: ContextUse(budget: window.budget), TokenEstimate())
            beginnings.append(window.departed.turns)
        }
        let changes = zip(beginnings, beginnings.dropFirst()).count { $0 != $1 }
        #expect(beginnings.last ?? 0 > 20)
        #expect(changes < 10)
    }

    @Test("shortens results that together are more than the tail may hold, the longest first")
    func tail() throws {
        var window = ContextWindow(ContextBudget(limit: 4_000, reply: 0, percent: [.tail: 25]))
        let calls = ["small", "large", "huge"]
        let sizes = [200, 6_000, 40_000]
        let messages = [
            Message(.user, [.text("go")]),
            Message(.assistant, calls.map { .toolCall(ToolCall(id: $0, name: "t", arguments: [:])) }),
            Message(
                .user,
                zip(calls, sizes).map { .toolResult(call: $0, name: "t", text: String(repeating: "z", count: $1), isError: false) }),
        ]
        let content = window.content(of: messages, fixed: ContextUse(budget: window.budget), TokenEstimate())
        let lengths = try #require(content.messages.last).parts.map { part in
            if case .toolResult(_, _, let text, _) = part { text.utf8.count } else { 0 }
        }
        #expect(lengths[0] == 200)
        #expect(abs(lengths[1] - lengths[2]) < 10)
        #expect(content.use[.tail] < 1_100)
        #expect(window.departed.results.keys.sorted() == ["huge", "large"])
    }

    @Test(
        "cuts at the height at which all fits",
        arguments: [
            ([10, 20, 30], 60, Int.max), ([10, 20, 30], 45, 17), ([10, 20, 30], 0, 0), ([5], 4, 4), ([0, 0], 0, .max), ([], 3, .max),
        ])
    func level(sizes: [Int], total: Int, height: Int) {
        #expect(ContextWindow.level(sizes, total: total) == height)
        #expect(sizes.reduce(0) { $0 + min($1, height) } <= total)
    }

    @Test("shortens the oldest results of one long turn and keeps their calls")
    func longTurn() {
        var window = ContextWindow(ContextBudget(limit: 3_000, reply: 0))
        var messages = [Message(.user, [.text("go")])]
        for call in 0..<10 {
            messages.append(Message(.assistant, [.toolCall(ToolCall(id: "\(call)", name: "t", arguments: [:]))]))
            let text = String(repeating: "z", count: 2_000)
            messages.append(Message(.user, [.toolResult(call: "\(call)", name: "t", text: text, isError: false)]))
        }
        let content = window.content(of: messages, fixed: ContextUse(budget: window.budget), TokenEstimate())
        #expect(content.messages.count == messages.count)
        #expect(content.use.total <= 3_000)
    }
}
