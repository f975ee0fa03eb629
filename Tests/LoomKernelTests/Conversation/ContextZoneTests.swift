import Testing

@testable import LoomKernel

@Suite("The zones of a window")
struct ContextZoneTests {
    @Test(
        "have their share of the window, and the reply its own number",
        arguments: [
            (ContextZone.system, 10_000), (.tools, 15_000), (.rules, 10_000), (.history, 100_000), (.tail, 25_000), (.reply, 8_000),
        ])
    func usual(zone: ContextZone, tokens: Int) {
        #expect(ContextBudget(limit: 100_000, reply: 8_000).tokens(zone) == tokens)
    }

    @Test("take what the configuration says", arguments: ContextZone.allCases.filter { $0 != .reply })
    func set(zone: ContextZone) {
        #expect(ContextBudget(limit: 1_000, reply: 100, percent: [zone: 42]).tokens(zone) == 420)
    }

    @Test("leave half of a small window to what is sent, however much a reply may take")
    func small() {
        #expect(ContextBudget(limit: 4_000, reply: 8_192).tokens(.reply) == 2_000)
    }

    @Test("leave the rest to the history, or what was set when that is less", arguments: [(100, 600), (50, 500), (0, 0)])
    func history(percent: Int, room: Int) {
        #expect(ContextBudget(limit: 1_000, reply: 100, percent: [.history: percent]).room(beside: 300) == room)
    }

    @Test("add up to what the provider counted", arguments: [(1_000, 50), (333, 7), (1, 0), (0, 0)])
    func counted(input: Int, reply: Int) {
        var use = ContextUse(
            [.system: 100, .tools: 200, .rules: 51, .history: 77, .tail: 9], budget: ContextBudget(limit: 10_000, reply: 10))
        use.count(input: input, reply: reply)
        #expect(use.total == input + reply)
        #expect(use[.reply] == reply)
        #expect(use.zones.allSatisfy { $0.used >= 0 })
    }

    @Test("are told in the order in which they are sent, with what each may take")
    func zones() {
        let use = ContextUse([.system: 300, .tools: 10, .tail: 40], budget: ContextBudget(limit: 1_000, reply: 100))
        #expect(use.zones.map(\.zone) == [.system, .tools, .rules, .history, .tail, .reply])
        #expect(use.zones.map(\.budget) == [100, 150, 100, 550, 250, 100])
        #expect(use.zones.filter(\.isOver).map(\.zone) == [.system])
    }
}
