import LoomSystem
import Testing

@Suite struct ClockTests {
    @Test func `a manual clock wakes sleepers when their time has come`() async throws {
        let clock = ManualClock()
        let start = clock.now
        let (events, continuation) = AsyncStream.makeStream(of: Int.self)
        let tasks = [30, 10, 20].map { seconds in
            Task {
                try await clock.sleep(for: .seconds(seconds))
                continuation.yield(seconds)
            }
        }
        await clock.waitForSleepers(3)
        var iterator = events.makeAsyncIterator()
        clock.advance(by: .seconds(10))
        #expect(await iterator.next() == 10)
        #expect(clock.sleepers == 2)
        clock.advance(by: .seconds(9))
        #expect(clock.sleepers == 2)
        clock.advance(by: .seconds(1))
        #expect(await iterator.next() == 20)
        clock.advance(by: .seconds(60))
        #expect(await iterator.next() == 30)
        #expect(clock.now - start == .seconds(80))
        #expect(clock.uptime == .seconds(80))
        for task in tasks { try await task.value }
    }

    @Test func `a cancelled sleeper wakes with an error`() async {
        let clock = ManualClock()
        let task = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.waitForSleepers()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleepers == 0)
    }

    @Test func `a task cancelled before it sleeps does not sleep`() async {
        for clock in [ManualClock(), LiveClock()] as [any WallClock] {
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await clock.sleep(for: .seconds(1_000))
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `no time needs no sleep`() async throws {
        try await ManualClock().sleep(for: .zero)
        try await LiveClock().sleep(for: .seconds(-1))
    }

    @Test func `the live clock goes on`() {
        let clock = LiveClock()
        #expect(clock.now > Timestamp(seconds: 1_700_000_000))
        let before = clock.uptime
        #expect(clock.uptime >= before)
    }
}
