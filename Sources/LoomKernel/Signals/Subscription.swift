import Synchronization

/// How a subscriber is served when it is slower than what happens.
package enum Delivery: Sendable, Hashable {
    /// The oldest waiting signal is dropped and counted.
    case lossy
    /// The publisher of a kept signal waits for room up to the bus's bound; then the subscriber is cut off and told.
    case mustDeliver
    /// Read from the log behind a stored cursor: at least once, also across restarts.
    case durable(cursor: String)
}

/// One subscriber's bounded queue. Signals arrive in order of their numbers and are taken out in batches.
package final class Subscription: Sendable {
    package let name: String
    package let pattern: TopicPattern
    package let delivery: Delivery
    package let capacity: Int
    private let isMustDeliver: Bool
    private let state = Mutex(State())
    private let onCancel: @Sendable (Subscription) -> Void

    private struct State {
        /// What waits, from `head` on. An array, so that a reader takes it whole instead of copying signal by signal.
        var queue: [Signal] = []
        var head = 0
        var reader: CheckedContinuation<[Signal]?, Never>?
        var writers: [CheckedContinuation<Void, Never>] = []
        var dropped = 0
        var lastOffered: Int64 = 0
        var end: End?

        var count: Int { self.queue.count - self.head }

        mutating func take() -> [Signal] {
            defer {
                self.queue = []
                self.head = 0
            }
            return self.head == 0 ? self.queue : Array(self.queue[self.head...])
        }

        /// Lets go of the oldest. The room they had is given back now and then, not each time.
        mutating func drop(_ count: Int) {
            self.dropped += count
            self.head += count
            guard self.head > self.count else { return }
            self.queue.removeFirst(self.head)
            self.head = 0
        }
    }

    /// Why a subscription ended.
    package enum End: Sendable, Hashable { case cancelled, cutOff }

    init(name: String, pattern: TopicPattern, delivery: Delivery, capacity: Int, onCancel: @escaping @Sendable (Subscription) -> Void) {
        self.name = name
        self.pattern = pattern
        self.delivery = delivery
        self.isMustDeliver = delivery == .mustDeliver
        self.capacity = max(1, capacity)
        self.onCancel = onCancel
    }

    /// How many signals a lossy subscriber missed, or a full one that must be delivered to, which then misses those that are not kept.
    package var dropped: Int { self.state.withLock { $0.dropped } }

    /// The number of the last kept signal that was for it, taken or not.
    package var lastOffered: Int64 { self.state.withLock { $0.lastOffered } }

    /// Nil while it lives.
    package var end: End? { self.state.withLock { $0.end } }

    /// Everything that waits, at least one signal; nil when it was cancelled or cut off. One reader at a time.
    package func next() async -> [Signal]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: (batch: [Signal]?, writers: [CheckedContinuation<Void, Never>])?
                ready = self.state.withLock { state in
                    if state.count > 0 {
                        let batch = state.take()
                        defer { state.writers = [] }
                        return (batch, state.writers)
                    }
                    if state.end != nil || Task.isCancelled || state.reader != nil { return (nil, []) }
                    state.reader = continuation
                    return nil
                }
                guard let ready else { return }
                ready.writers.forEach { $0.resume() }
                continuation.resume(returning: ready.batch)
            }
        } onCancel: {
            self.cancel()
        }
    }

    /// Ends it; a waiting reader gets what waits for it, else nil. Idempotent.
    package func cancel() { self.finish(.cancelled) }

    /// What came of an offer.
    struct Offer {
        /// False when a must-deliver queue is full: the publisher then waits for room.
        var isAccepted = true
        /// Whether somebody sleeps who should be woken.
        var isAwaited = false
    }

    /// Queues signals without waiting and without waking anybody.
    func offer(_ signals: [Signal]) -> Offer {
        self.state.withLock { state in
            guard state.end == nil else { return Offer() }
            if let last = signals.last?.sequence, last > 0 { state.lastOffered = last }
            let isAwaited = state.reader != nil
            // No publisher of such waits, so a full queue would grow without end.
            if self.isMustDeliver, state.count >= self.capacity, signals.allSatisfy({ $0.sequence == 0 }) {
                state.dropped += signals.count
                return Offer(isAwaited: isAwaited)
            }
            state.queue.append(contentsOf: signals)
            let excess = state.count - self.capacity
            guard excess > 0 else { return Offer(isAwaited: isAwaited) }
            if self.isMustDeliver { return Offer(isAccepted: false, isAwaited: isAwaited) }
            state.drop(excess)
            return Offer(isAwaited: isAwaited)
        }
    }

    /// Hands a sleeping reader all that waits.
    func wake() {
        let woken = self.state.withLock {
            state -> (reader: CheckedContinuation<[Signal]?, Never>, batch: [Signal], writers: [CheckedContinuation<Void, Never>])? in
            guard let reader = state.reader, state.count > 0 else { return nil }
            state.reader = nil
            defer { state.writers = [] }
            return (reader, state.take(), state.writers)
        }
        guard let woken else { return }
        woken.writers.forEach { $0.resume() }
        woken.reader.resume(returning: woken.batch)
    }

    /// Returns when the queue is within its bound again, or it ended.
    func room() async {
        await withCheckedContinuation { continuation in
            let ready = self.state.withLock { state in
                if state.end != nil || state.count <= self.capacity { return true }
                state.writers.append(continuation)
                return false
            }
            if ready { continuation.resume() }
        }
    }

    func finish(_ end: End) {
        let (reader, batch, writers) = self.state.withLock { state in
            guard state.end == nil else {
                return (nil as CheckedContinuation<[Signal]?, Never>?, nil as [Signal]?, [CheckedContinuation<Void, Never>]())
            }
            state.end = end
            if end == .cutOff { _ = state.take() }
            defer {
                state.reader = nil
                state.writers = []
            }
            // Whoever sleeps may not have been woken yet for what waits.
            return (state.reader, state.reader != nil && state.count > 0 ? state.take() : nil, state.writers)
        }
        self.onCancel(self)
        writers.forEach { $0.resume() }
        reader?.resume(returning: batch)
    }
}
