import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The context window")
struct ContextWindowTests {
    @Test("keeps whole turns, every call with its result, and the last user turn", arguments: 0..<100)
    func property(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var messages: [Message] = []
        var window = ContextWindow(limit: 2_000, reserve: 200)
        for turn in 0..<30 {
            messages.append(Message(.user, [.text("question \(turn) " + String(repeating: "x", count: random.next(in: 0...800)))]))
            for call in 0..<random.next(in: 0...3) {
                let id = "\(turn)-\(call)"
                messages.append(Message(.assistant, [.toolCall(ToolCall(id: id, name: "t", arguments: [:]))]))
                let text = String(repeating: "y", count: random.next(in: 0...1_500))
                messages.append(Message(.user, [.toolResult(call: id, name: "t", text: text, isError: false)]))
            }
            let content = window.content(of: messages, fixed: 300, TokenEstimate())
            self.check(content, messages, seed)
            messages.append(Message(.assistant, [.text("answer \(turn)")]))
        }
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
        var window = ContextWindow(limit: 3_000, reserve: 0)
        var messages: [Message] = []
        var beginnings: [Int] = []
        for turn in 0..<60 {
            messages.append(Message(.user, [.text("turn \(turn) " + String(repeating: "x", count: 400))]))
            messages.append(Message(.assistant, [.text("ok")]))
            _ = window.content(of: messages, fixed: 0, TokenEstimate())
            beginnings.append(window.left)
        }
        let changes = zip(beginnings, beginnings.dropFirst()).count { $0 != $1 }
        #expect(beginnings.last ?? 0 > 20)
        #expect(changes < 10)
    }

    @Test("shortens the oldest results of one long turn and keeps their calls")
    func longTurn() {
        var window = ContextWindow(limit: 3_000, reserve: 0)
        var messages = [Message(.user, [.text("go")])]
        for call in 0..<10 {
            messages.append(Message(.assistant, [.toolCall(ToolCall(id: "\(call)", name: "t", arguments: [:]))]))
            let text = String(repeating: "z", count: 2_000)
            messages.append(Message(.user, [.toolResult(call: "\(call)", name: "t", text: text, isError: false)]))
        }
        let content = window.content(of: messages, fixed: 0, TokenEstimate())
        #expect(content.messages.count == messages.count)
        #expect(content.tokens <= 3_000)
    }

    @Test("learns how many bytes a token has from what the provider counts")
    func learning() {
        var estimate = TokenEstimate()
        for _ in 0..<20 { estimate.learn(estimated: estimate.tokens(String(repeating: "a", count: 4_000)), actual: 2_000) }
        #expect(abs(estimate.bytesPerToken - 2) < 0.05)
    }
}
