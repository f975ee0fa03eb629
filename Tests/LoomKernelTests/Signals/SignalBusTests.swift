import LoomSystem
import Testing

@testable import LoomKernel

@Suite("The signal bus")
struct SignalBusTests {
    @Test("hands kept signals out in the order of their numbers, with the cause they were given")
    func order() async throws {
        let bench = try Bench()
        let all = bench.bus.subscribe(name: "all")
        for number in 1...20 { try await bench.store.publish(Notice(level: "info", text: "\(number)"), source: "kernel") }
        var seen: [Int64] = []
        while seen.count < 20, let batch = await all.next() { seen += batch.map(\.sequence) }
        #expect(seen == Array(1...20))
    }

    @Test("does not tell anyone of a transaction that failed")
    func rollback() async throws {
        let bench = try Bench()
        struct Refused: Error {}
        _ = try? await bench.store.transaction { transaction in
            try transaction.publish(Notice(level: "info", text: "never"), source: "kernel")
            throw Refused()
        }
        try await bench.store.publish(Notice(level: "info", text: "first"), source: "kernel")
        #expect(bench.bus.recent(after: 0).compactMap { $0.payload(Notice.self)?.text } == ["first"])
    }

    @Test("keeps nothing of a transaction whose task is cancelled within it, and goes on with the next")
    func cancellation() async throws {
        let bench = try Bench()
        await #expect(throws: (any Error).self) {
            try await Task {
                try await bench.store.transaction { transaction in
                    try transaction.publish(Notice(level: "info", text: "never"), source: "kernel")
                    withUnsafeCurrentTask { $0?.cancel() }
                    try transaction.publish(Notice(level: "info", text: "nor this"), source: "kernel")
                }
            }.value
        }
        let next = try await bench.store.publish(Notice(level: "info", text: "first"), source: "kernel")
        #expect(next?.sequence == 1)
        #expect(bench.bus.recent(after: 0).compactMap { $0.payload(Notice.self)?.text } == ["first"])
    }

    @Test("drops the oldest for a lossy subscriber that is slow, and counts")
    func lossy() async throws {
        let bench = try Bench()
        let slow = bench.bus.subscribe(name: "slow", delivery: .lossy, capacity: 3)
        for number in 1...10 { try await bench.store.publish(Notice(level: "info", text: "\(number)"), source: "kernel") }
        #expect(await slow.next()?.map(\.sequence) == [8, 9, 10])
        #expect(slow.dropped == 7)
    }

    @Test("makes the publisher wait for a must-deliver subscriber, and goes on when there is room")
    func mustDeliver() async throws {
        let bench = try Bench()
        let slow = bench.bus.subscribe(name: "slow", delivery: .mustDeliver, capacity: 1)
        try await bench.store.publish(Notice(level: "info", text: "1"), source: "kernel")
        let publisher = Task { try await bench.store.publish(Notice(level: "info", text: "2"), source: "kernel") }
        await bench.clock.waitForSleepers()
        #expect(await slow.next()?.count == 2)
        _ = try await publisher.value
        #expect(slow.end == nil)
    }

    @Test("gives a reader that sleeps what came before the end, though nobody has woken it yet")
    func lastWords() async throws {
        let bench = try Bench()
        for number in 1...200 {
            let subscription = bench.bus.subscribe(name: "reader", delivery: .mustDeliver)
            let reader = Task { await subscription.next() }
            if number.isMultiple(of: 2) { await Task.yield() }
            bench.bus.publish(Notice(level: "info", text: "last"), source: "kernel")
            subscription.cancel()
            #expect(await reader.value?.count == 1)
        }
    }

    @Test("counts what a full must-deliver subscriber misses of signals that are not kept, for which nobody waits")
    func fullUnkept() async throws {
        let bench = try Bench()
        let stuck = bench.bus.subscribe(name: "stuck", delivery: .mustDeliver, capacity: 3)
        for number in 1...1_000 { bench.bus.publish(Notice(level: "info", text: "\(number)"), source: "kernel") }
        #expect(stuck.dropped == 997)
        #expect(await stuck.next()?.count == 3)
        try await bench.store.publish(Notice(level: "info", text: "kept"), source: "kernel")
        #expect(await stuck.next()?.map(\.sequence) == [1])
    }

    @Test("cuts a must-deliver subscriber off when the bound has passed")
    func cutOff() async throws {
        let bench = try Bench()
        let stuck = bench.bus.subscribe(name: "stuck", delivery: .mustDeliver, capacity: 1)
        try await bench.store.publish(Notice(level: "info", text: "1"), source: "kernel")
        let publisher = Task { try await bench.store.publish(Notice(level: "info", text: "2"), source: "kernel") }
        await bench.clock.waitForSleepers()
        bench.clock.advance(by: .seconds(6))
        _ = try await publisher.value
        #expect(stuck.end == .cutOff)
        #expect(await stuck.next() == nil)
    }

    @Test("gives a durable subscriber what it has not acknowledged once more")
    func durable() async throws {
        let bench = try Bench()
        for number in 1...3 { try await bench.store.publish(Notice(level: "info", text: "\(number)"), source: "kernel") }
        let first = DurableSubscription(name: "d", patterns: ["**"], store: bench.store, bus: bench.bus, session: bench.session)
        let next = try await first.next(limit: 2)
        let batch = try #require(next)
        try await first.acknowledge(try #require(batch.first))
        first.cancel()
        let second = DurableSubscription(name: "d", patterns: ["**"], store: bench.store, bus: bench.bus, session: bench.session)
        #expect(try await second.next()?.map(\.sequence) == [2, 3])
    }

    @Test("wakes a durable subscriber that waits at the end of the log")
    func durableWake() async throws {
        let bench = try Bench()
        let waiting = DurableSubscription(name: "d", patterns: ["**"], store: bench.store, bus: bench.bus, session: bench.session)
        async let batch = waiting.next()
        try await bench.store.publish(Notice(level: "info", text: "1"), source: "kernel")
        let woken = try await batch
        #expect(woken?.map(\.sequence) == [1])
    }
}

/// A store in memory with its bus and a clock that a test moves.
struct Bench: Sendable {
    let clock = ManualClock()
    let bus: SignalBus
    let store: Store
    let session: ID

    init() throws {
        let identifiers = IDGenerator(clock: self.clock, random: SeededRandom(seed: 7))
        self.bus = SignalBus(clock: self.clock, identifiers: identifiers)
        self.store = try Store(path: nil, bus: self.bus, clock: self.clock)
        self.session = identifiers.next()
        self.store.setSession(self.session)
    }
}
