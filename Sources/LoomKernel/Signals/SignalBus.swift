import DequeModule
package import LoomSystem
import Synchronization

/// Carries signals to subscribers in the order of their numbers. What is kept is in the log before anyone hears of it.
package final class SignalBus: Sendable {
    private let state = Mutex(State())
    private let isWaking = Atomic(false)
    private let ringCapacity: Int
    private let clock: any WallClock
    private let identifiers: IDGenerator
    /// How long a publisher waits for a must-deliver subscriber before it is cut off.
    private let patience: Duration

    private struct State {
        var subscriptions: [Subscription] = []
        var ring = Deque<Signal>()
    }

    package init(clock: any WallClock, identifiers: IDGenerator, ringCapacity: Int = 2048, patience: Duration = .seconds(5)) {
        self.clock = clock
        self.identifiers = identifiers
        self.ringCapacity = ringCapacity
        self.patience = patience
    }

    /// How many subscribers there are.
    package var subscriptionCount: Int { self.state.withLock { $0.subscriptions.count } }

    package func subscribe(
        _ pattern: String = "**", name: String, delivery: Delivery = .lossy, capacity: Int = 1024
    ) -> Subscription {
        let subscription = Subscription(
            name: name, pattern: TopicPattern(pattern), delivery: delivery, capacity: capacity,
            onCancel: { [weak self] ended in self?.state.withLock { $0.subscriptions.removeAll { $0 === ended } } })
        self.state.withLock { $0.subscriptions.append(subscription) }
        return subscription
    }

    /// Publishes a signal that is not kept. A kept one goes through `Store.transaction`, which numbers it.
    package func publish(
        _ payload: some SignalPayload, source: String, subject: String? = nil, team: String? = nil, cause: ID? = nil
    ) {
        guard let signal = self.make(payload, source: source, subject: subject, team: team, cause: cause) else { return }
        _ = self.deliver([signal])
    }

    /// A signal not yet numbered; nil when the payload cannot be written as JSON.
    func make<P: SignalPayload>(_ payload: P, source: String, subject: String?, team: String?, cause: ID?) -> Signal? {
        guard let data = try? JSON(encoding: payload) else { return nil }
        return self.make(type: P.type, data, source: source, subject: subject, team: team, cause: cause)
    }

    func make(type: String, _ data: JSON, source: String, subject: String?, team: String?, cause: ID?) -> Signal {
        Signal(
            sequence: 0, id: self.identifiers.next(), type: type, source: source, subject: subject, team: team, cause: cause,
            time: self.clock.now, data: data)
    }

    /// Hands signals out without waiting; called in the order of commits. Returns the must-deliver subscribers that are full.
    func deliver(_ signals: [Signal]) -> [Subscription] {
        let subscriptions = self.state.withLock { state in
            for signal in signals where signal.sequence > 0 {
                state.ring.append(signal)
                if state.ring.count > self.ringCapacity { state.ring.removeFirst() }
            }
            return state.subscriptions
        }
        // Cut up only when somebody asks for less than everything, and then once for all who do.
        let topics = subscriptions.contains { !$0.pattern.isEverything } ? signals.map { Topic($0.topic) } : []
        var (full, isAwaited): ([Subscription], Bool) = ([], false)
        for subscription in subscriptions {
            let isAll = subscription.pattern.isEverything || topics.allSatisfy(subscription.pattern.matches)
            let wanted = isAll ? signals : zip(signals, topics).filter { subscription.pattern.matches($1) }.map(\.0)
            guard !wanted.isEmpty else { continue }
            let offer = subscription.offer(wanted)
            if !offer.isAccepted { full.append(subscription) }
            if offer.isAwaited { isAwaited = true }
        }
        if isAwaited, !self.isWaking.exchange(true, ordering: .acquiringAndReleasing) { Task { self.wake() } }
        return full
    }

    /// Wakes whoever sleeps while something waits for them. Beside the publisher: what it publishes meanwhile they get with it, in one
    /// go, instead of being woken for each.
    private func wake() {
        // Before looking: what is offered from here on asks for another round.
        self.isWaking.store(false, ordering: .sequentiallyConsistent)
        for subscription in self.state.withLock({ $0.subscriptions }) { subscription.wake() }
    }

    /// Waits until each has room, or cuts it off when the bound has passed.
    func wait(for full: [Subscription]) async {
        for subscription in full {
            let cutOff = Task { [clock, patience] in
                try await clock.sleep(for: patience)
                subscription.finish(.cutOff)
            }
            await subscription.room()
            cutOff.cancel()
        }
    }

    /// What the memory still holds behind `sequence`; the log has the rest.
    package func recent(after sequence: Int64) -> [Signal] {
        self.state.withLock { $0.ring.filter { $0.sequence > sequence } }
    }

    /// Ends every subscription.
    package func close() {
        self.state.withLock { $0.subscriptions }.forEach { $0.cancel() }
    }
}
