import LoomSystem
import Testing

@testable import LoomKernel

@Suite("Money and retries")
struct ModelTests {
    @Test("A budget refuses a reservation that could pass its limit, and settles on what was spent")
    func budget() throws {
        let budget = Budget(sessionLimit: 1, agentLimit: 0.6)
        let first = try budget.reserve(0.5, for: "ada")
        #expect(throws: Budget.Refusal.self) { try budget.reserve(0.2, for: "ada") }
        _ = try budget.reserve(0.4, for: "lin")
        #expect(throws: Budget.Refusal.self) { try budget.reserve(0.2, for: "lin") }
        budget.settle(first, costUSD: 0.1)
        #expect(budget.spent == 0.1)
        _ = try budget.reserve(0.2, for: "ada")
    }

    @Test("A retry waits as long as the vendor asks, and else a random part of a doubling bound")
    func retry() {
        let policy = RetryPolicy(attempts: 4, base: 1, longest: 3)
        let random = SeededRandom(seed: 3)
        let busy = ModelFailure(.overloaded, "busy")
        for next in 2...4 {
            let delay = policy.delay(after: busy, next: next, random: random)
            #expect(delay.map { (0...min(3, Double(1 << (next - 2)))).contains($0) } == true)
        }
        #expect(policy.delay(after: busy, next: 5, random: random) == nil)
        #expect(policy.delay(after: ModelFailure(.rateLimited, "", retryAfter: 7), next: 2, random: random) == 7)
        #expect(policy.delay(after: ModelFailure(.rateLimited, "", retryAfter: 700), next: 2, random: random) == nil)
        #expect(policy.delay(after: ModelFailure(.rateLimited, "", retryAfter: -1e300), next: 2, random: random) == 0)
        #expect(policy.delay(after: ModelFailure(.auth, ""), next: 2, random: random) == nil)
    }

    @Test("A reply is put together from fragments")
    func assembling() throws {
        var assembler = ReplyAssembler()
        let events: [ModelEvent] = [
            .thinking("let me ", signature: nil), .thinking("see", signature: "sig"), .text("I "), .text("look."),
            .toolCallDelta(index: 0, id: "c1", name: "file_read", arguments: "{\"file_path\":"),
            .toolCallDelta(index: 1, id: nil, name: "shell", arguments: ""),
            .toolCallDelta(index: 0, id: nil, name: nil, arguments: "\"a.txt\"}"),
            .toolCallDelta(index: 2, id: "c3", name: "x", arguments: "{oops", signature: "s3"), .text("Then"),
            .thinking("", signature: "s4"),
            .usage(Usage(input: 10)), .usage(Usage(output: 5)), .stop(.toolUse),
        ]
        for event in events { try assembler.add(event) }
        let reply = assembler.reply(
            to: ModelCall(
                id: "m", model: ModelName(provider: "a", model: "b"), system: "", tools: [], messages: [], purpose: "turn", agent: "",
                role: "",
                step: 0))
        #expect(
            reply.message.parts == [
                .thinking("let me see", signature: "sig"), .text("I look."),
                .toolCall(ToolCall(id: "c1", name: "file_read", arguments: ["file_path": "a.txt"])),
                .toolCall(ToolCall(id: "m-1", name: "shell", arguments: [:])),
                .toolCall(ToolCall(id: "c3", name: "x", arguments: [:], malformed: "{oops", signature: "s3")),
                .text("Then"), .thinking("", signature: "s4"),
            ])
        #expect(reply.usage == Usage(input: 10, output: 5))
        #expect(reply.message.origin == "a:b")
    }

    @Test("A negative price, a router's word for «it depends», is no price", arguments: [-1.0, .nan, .infinity])
    func absurdPrice(price: Double) {
        #expect(ModelFacts(name: "a:auto", inputUSD: price, outputUSD: price).cost(Usage(input: 1_000_000)) == nil)
        #expect(ModelFacts(name: "a:free", inputUSD: 0, outputUSD: 0).cost(Usage(input: 1_000_000)) == 0)
    }

    @Test("What a server counts beyond all reason does not spoil the sums")
    func counts() throws {
        var assembler = ReplyAssembler()
        try assembler.add(.usage(Usage(input: .max, output: .max, cacheRead: .max, cacheWrite: .max, reasoning: .min)))
        #expect(assembler.usage.total == 2_000_000_000 && assembler.usage.reasoning == 0)
        var use = ContextUse([.system: 10, .history: 90], budget: ContextBudget(limit: 1_000, reply: 100))
        for _ in 0..<3 { use.count(input: assembler.usage.sent, reply: assembler.usage.output) }
        #expect(use.total == assembler.usage.total)
    }

    @Test(
        "Dollars",
        arguments: [
            (0, "$0.00"), (0.31, "$0.31"), (5, "$5.00"), (0.0042, "$0.0042"), (12.345, "$12.35"), (-1.5, "-$1.50"),
            (1e300, "over $1000000000000"), (.infinity, "over $1000000000000"),
        ])
    func money(amount: Double, text: String) {
        #expect(dollars(amount) == text)
    }
}
