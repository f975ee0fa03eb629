import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel

@Suite("The rate limiter", .timeLimit(.minutes(1))) struct RateLimiterTests {
    private let clock = ManualClock()

    @Test("a bucket fills evenly, and makes up for what was taken beyond it")
    func bucket() {
        var bucket = TokenBucket()
        #expect(bucket.wait(for: 60, perMinute: 60, at: .zero) == .zero)
        bucket.take(60)
        #expect(bucket.wait(for: 1, perMinute: 60, at: .zero) == .seconds(1))
        #expect(bucket.wait(for: 30, perMinute: 60, at: .seconds(10)) == .seconds(20))
        // More than it holds waits until it is full, not for ever.
        #expect(bucket.wait(for: 1_000, perMinute: 60, at: .seconds(10)) == .seconds(50))
        #expect(bucket.wait(for: 1_000, perMinute: nil, at: .seconds(10)) == .zero)
    }

    @Test("a provider that asks for less than no time is asked at once", arguments: [-1e300, -1, 0])
    func past(seconds: Double) async {
        let limiter = RateLimiter(clock: clock)
        await limiter.close("p", seconds: seconds)
        #expect(await limiter.pass(provider: "p", agent: "ada", tokens: 1, RateLimits(), isHeld: { _ in }) != nil)
    }

    @Test("without limits nobody waits")
    func unlimited() async {
        let limiter = RateLimiter(clock: clock)
        for _ in 0..<100 {
            #expect(await limiter.pass(provider: "p", agent: "ada", tokens: 1_000, RateLimits(), isHeld: { _ in }) != nil)
        }
    }

    @Test("agents take turns: who came first with many calls does not starve the others")
    func fairness() async throws {
        let limiter = RateLimiter(clock: clock)
        let limits = RateLimits(concurrent: 1)
        let first = try #require(await limiter.pass(provider: "p", agent: "ada", tokens: 1, limits, isHeld: { _ in }))
        let order = Recorder()
        var waiting: [Task<Void, Never>] = []
        for name in ["ada 1", "ada 2", "ada 3", "bob 1", "bob 2"] {
            let (held, tell) = AsyncStream.makeStream(of: Void.self)
            waiting.append(
                Task {
                    let agent = String(name.prefix(3))
                    let pass = await limiter.pass(provider: "p", agent: agent, tokens: 1, limits, isHeld: { _ in tell.yield() })
                    order.add(name)
                    if let pass { await limiter.finish(pass, tokens: 1) }
                })
            for await _ in held { break }
            while await limiter.waiting("p") < waiting.count { await Task.yield() }
        }
        await limiter.finish(first, tokens: 1)
        for task in waiting { await task.value }
        #expect(order.all == ["bob 1", "ada 1", "bob 2", "ada 2", "ada 3"])
    }

    @Test("a provider that says nothing is left is not asked before it has something again")
    func report() async throws {
        let limiter = RateLimiter(clock: clock)
        await limiter.learn(RateReport(requests: 0, requestsReset: 12), provider: "p")
        let (held, tell) = AsyncStream.makeStream(of: Double?.self)
        let waiting = Task { await limiter.pass(provider: "p", agent: "ada", tokens: 1, RateLimits(), isHeld: { tell.yield($0) }) }
        for await seconds in held {
            #expect(seconds == 12)
            break
        }
        #expect(await limiter.pass(provider: "q", agent: "ada", tokens: 1, RateLimits(), isHeld: { _ in }) != nil)
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(12))
        #expect(await waiting.value != nil)
    }

    @Test("whoever is cancelled leaves the queue")
    func cancelling() async throws {
        let limiter = RateLimiter(clock: clock)
        let limits = RateLimits(requestsPerMinute: 1)
        #expect(await limiter.pass(provider: "p", agent: "ada", tokens: 1, limits, isHeld: { _ in }) != nil)
        let (held, tell) = AsyncStream.makeStream(of: Void.self)
        let waiting = Task { await limiter.pass(provider: "p", agent: "ada", tokens: 1, limits, isHeld: { _ in tell.yield() }) }
        for await _ in held { break }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test("whoever leaves the queue lets those go who only stood behind it")
    func leaving() async throws {
        let limiter = RateLimiter(clock: clock)
        let one = RateLimits(concurrent: 1)
        #expect(await limiter.pass(provider: "p", agent: "ada", tokens: 1, one, isHeld: { _ in }) != nil)
        let (held, tell) = AsyncStream.makeStream(of: Void.self)
        var line = held.makeAsyncIterator()
        let first = Task { await limiter.pass(provider: "p", agent: "ada", tokens: 1, one, isHeld: { _ in tell.yield() }) }
        await line.next()
        while await limiter.waiting("p") < 1 { await Task.yield() }
        // Who waits goes in the order of their last turns, whatever the limits of each are.
        let wide = RateLimits(concurrent: 2)
        let second = Task { await limiter.pass(provider: "p", agent: "ada", tokens: 1, wide, isHeld: { _ in tell.yield() }) }
        await line.next()
        while await limiter.waiting("p") < 2 { await Task.yield() }
        first.cancel()
        #expect(await first.value == nil)
        #expect(await second.value != nil)
    }
}

/// What came in which order.
private final class Recorder: Sendable {
    private let list = Mutex<[String]>([])
    func add(_ text: String) { self.list.withLock { $0.append(text) } }
    var all: [String] { self.list.withLock { $0 } }
}
