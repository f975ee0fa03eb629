import Testing

@testable import LoomSystem

@Suite("What comes in for one reader", .timeLimit(.minutes(1))) struct InflowTests {
    private let clock = ManualClock()

    private func text(_ taken: Inflow<Int>.Taken) -> String {
        switch taken {
        case .element(let number): "\(number)"
        case .ended: "ended"
        case .timedOut: "timed out"
        case .busy: "busy"
        }
    }

    @Test("comes out in its order, and then the end, again and again")
    func order() async {
        let inflow = Inflow<Int>(capacity: 8)
        for number in 1...3 { await inflow.put(number) }
        inflow.finish()
        await inflow.put(4)
        var seen: [String] = []
        for _ in 1...5 { seen.append(text(await inflow.take(clock: clock))) }
        #expect(seen == ["1", "2", "3", "ended", "ended"])
    }

    @Test("makes its bringer wait when it is full, and lets it go on when something was taken")
    func full() async {
        let inflow = Inflow<Int>(capacity: 1)
        let bringer = Task {
            for number in 1...3 { await inflow.put(number) }
            inflow.finish()
        }
        var seen: [String] = []
        for _ in 1...4 { seen.append(text(await inflow.take(clock: clock))) }
        await bringer.value
        #expect(seen == ["1", "2", "3", "ended"])
    }

    @Test("a reader waits only so long, and the next one gets what came too late")
    func timeout() async {
        let inflow = Inflow<Int>(capacity: 2)
        async let first = inflow.take(within: .seconds(5), clock: clock)
        await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        #expect(text(await first) == "timed out")
        await inflow.put(1)
        #expect(text(await inflow.take(within: .seconds(5), clock: clock)) == "1")
    }

    @Test("a cancelled reader gets the end, and a bringer goes on when nobody will read any more")
    func cancellation() async {
        let inflow = Inflow<Int>(capacity: 1)
        let reader = Task { text(await inflow.take(clock: clock)) }
        reader.cancel()
        #expect(await reader.value == "ended")
        let bringer = Task { for number in 1...3 { await inflow.put(number) } }
        inflow.abandon()
        await bringer.value
        #expect(text(await inflow.take(clock: clock)) == "ended")
    }
}
