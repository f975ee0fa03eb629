import LoomSystem

/// What a vendor lets through in a minute, by its configuration; nil is no limit.
package struct RateLimits: Sendable, Hashable {
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    /// Calls under way side by side.
    package var concurrent: Int?

    package init(requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrent: Int? = nil) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.concurrent = concurrent
    }
}

/// What the headers of an answer say is left, and in how many seconds it is whole again.
package struct RateReport: Sendable, Hashable {
    package var requests: Int?
    package var requestsReset: Double?
    package var tokens: Int?
    package var tokensReset: Double?

    package init(requests: Int? = nil, requestsReset: Double? = nil, tokens: Int? = nil, tokensReset: Double? = nil) {
        self.requests = requests
        self.requestsReset = requestsReset
        self.tokens = tokens
        self.tokensReset = tokensReset
    }
}

/// Holds model calls back before their vendor would refuse them: one queue for each provider, shared by all agents, and fair between
/// them: of those who wait, the one comes next whose last turn is longest ago.
actor RateLimiter {
    /// A call that was let through; `finish` gives its place back.
    struct Pass: Sendable {
        fileprivate let provider: String
        fileprivate let tokens: Int
    }

    private struct Waiter {
        let number: Int
        let agent: String
        let tokens: Int
        let limits: RateLimits
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Queue {
        var requests = TokenBucket()
        var tokens = TokenBucket()
        var running = 0
        /// Nothing goes before this time: the vendor said so.
        var closedUntil: Duration?
        var waiters: [Waiter] = []
        /// When each agent was let through, by a count.
        var served: [String: Int] = [:]
        var alarm: Task<Void, Never>?
    }

    private let clock: any WallClock
    private var queues: [String: Queue] = [:]
    private var count = 0

    init(clock: any WallClock) { self.clock = clock }

    /// Returns when the call may be made; nil when the task was cancelled before.
    /// - Parameters:
    ///   - tokens: how many it is thought to take.
    ///   - isHeld: hears, once, for how many seconds it has to wait at least; nil when that depends on other calls.
    func pass(
        provider: String, agent: String, tokens: Int, _ limits: RateLimits, isHeld: @Sendable (Double?) async -> Void
    ) async -> Pass? {
        self.count += 1
        let number = self.count
        if self.queues[provider, default: Queue()].waiters.isEmpty, self.wait(provider, tokens, limits) == .zero {
            self.admit(provider, agent, tokens, limits)
            return Pass(provider: provider, tokens: tokens)
        }
        await isHeld(self.wait(provider, tokens, limits)?.inSeconds)
        let isAdmitted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: false) }
                let waiter = Waiter(number: number, agent: agent, tokens: tokens, limits: limits, continuation: continuation)
                self.queues[provider, default: Queue()].waiters.append(waiter)
                self.serve(provider)
            }
        } onCancel: {
            Task { await self.withdraw(number, provider) }
        }
        return isAdmitted ? Pass(provider: provider, tokens: tokens) : nil
    }

    /// The call has ended and took so many tokens.
    func finish(_ pass: Pass, tokens: Int) {
        self.queues[pass.provider]?.running -= 1
        self.queues[pass.provider]?.tokens.take(Double(tokens - pass.tokens))
        self.serve(pass.provider)
    }

    /// What an answer's headers said.
    func learn(_ report: RateReport, provider: String) {
        // A vendor counts what it has not told yet, so the last of what is left is not spent.
        if let left = report.requests, left <= 0, let reset = report.requestsReset { self.close(provider, seconds: reset) }
        if let left = report.tokens, left <= 0, let reset = report.tokensReset { self.close(provider, seconds: reset) }
    }

    /// Nothing goes to the provider for so long: it refused a call.
    func close(_ provider: String, seconds: Double) {
        let until = self.clock.uptime + .milliseconds(Int(min(max(0, seconds), 600) * 1000))
        self.queues[provider, default: Queue()].closedUntil = max(self.queues[provider]?.closedUntil ?? until, until)
    }

    /// How many calls are held back.
    func waiting(_ provider: String) -> Int { self.queues[provider]?.waiters.count ?? 0 }

    // MARK: The queue

    /// How long until it may go as things stand; nil when only the end of another call helps.
    private func wait(_ provider: String, _ tokens: Int, _ limits: RateLimits) -> Duration? {
        let now = self.clock.uptime
        var queue = self.queues[provider] ?? Queue()
        if let concurrent = limits.concurrent, queue.running >= concurrent { return nil }
        var wait = max(.zero, (queue.closedUntil ?? now) - now)
        wait = max(wait, queue.requests.wait(for: 1, perMinute: limits.requestsPerMinute, at: now))
        wait = max(wait, queue.tokens.wait(for: Double(tokens), perMinute: limits.tokensPerMinute, at: now))
        self.queues[provider] = queue
        return wait
    }

    private func admit(_ provider: String, _ agent: String, _ tokens: Int, _ limits: RateLimits) {
        self.count += 1
        self.queues[provider]?.served[agent] = self.count
        self.queues[provider]?.running += 1
        if limits.requestsPerMinute != nil { self.queues[provider]?.requests.take(1) }
        if limits.tokensPerMinute != nil { self.queues[provider]?.tokens.take(Double(tokens)) }
    }

    /// Lets through who may go, and sets the alarm for the next.
    private func serve(_ provider: String) {
        while let next = self.next(provider) {
            let wait = self.wait(provider, next.tokens, next.limits)
            guard wait == .zero else {
                self.setAlarm(provider, wait)
                return
            }
            self.queues[provider]?.waiters.removeAll { $0.number == next.number }
            self.admit(provider, next.agent, next.tokens, next.limits)
            next.continuation.resume(returning: true)
        }
    }

    private func next(_ provider: String) -> Waiter? {
        guard let queue = self.queues[provider] else { return nil }
        return queue.waiters.min { (queue.served[$0.agent] ?? 0, $0.number) < (queue.served[$1.agent] ?? 0, $1.number) }
    }

    private func setAlarm(_ provider: String, _ wait: Duration?) {
        self.queues[provider]?.alarm?.cancel()
        self.queues[provider]?.alarm = wait.map { wait in
            Task { [weak self, clock] in
                guard (try? await clock.sleep(for: wait)) != nil else { return }
                await self?.serve(provider)
            }
        }
    }

    private func withdraw(_ number: Int, _ provider: String) {
        guard let index = self.queues[provider]?.waiters.firstIndex(where: { $0.number == number }) else { return }
        self.queues[provider]?.waiters.remove(at: index).continuation.resume(returning: false)
        // Who stood behind may have limits of its own.
        self.serve(provider)
    }
}

/// Fills up evenly, a minute's worth at the most.
struct TokenBucket: Sendable, Hashable {
    private var level: Double?
    private var at: Duration = .zero

    /// How long until so much is in it; more than it holds waits until it is full.
    mutating func wait(for amount: Double, perMinute: Int?, at now: Duration) -> Duration {
        guard let perMinute else { return .zero }
        let size = Double(perMinute)
        let level = min(size, (self.level ?? size) + (now - self.at).inSeconds * size / 60)
        (self.level, self.at) = (level, now)
        let missing = min(amount, size) - level
        return missing <= 0 ? .zero : .milliseconds(Int((missing * 60_000 / size).rounded(.up)))
    }

    /// What is taken beyond what there is has to be made up for.
    mutating func take(_ amount: Double) {
        self.level = self.level.map { $0 - amount }
    }
}
