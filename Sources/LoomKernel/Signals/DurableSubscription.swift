package import LoomSystem

/// Reads the log behind a stored cursor: every kept signal at least once, also across restarts.
///
/// Take a batch, deal with it, `acknowledge` it. What was not acknowledged comes again.
package struct DurableSubscription: Sendable {
    package let name: String
    private let store: Store
    private let session: ID
    private let pattern: TopicPattern
    private let wake: Subscription

    package init(name: String, pattern: String, store: Store, bus: SignalBus, session: ID) {
        self.name = name
        self.store = store
        self.session = session
        self.pattern = TopicPattern(pattern)
        // One waiting signal is enough to know that there is something to read.
        self.wake = bus.subscribe(pattern, name: name, delivery: .durable(cursor: name), capacity: 1)
    }

    /// The next signals behind the cursor, at most `limit`; nil when it was cancelled.
    package func next(limit: Int = 256) async throws(StoreError) -> [Signal]? {
        while true {
            let cursor = try await self.store.cursor(self.name)
            let batch = try await self.store.signals(after: cursor, limit: limit, session: self.session, matching: self.pattern)
            if !batch.isEmpty { return batch }
            guard await self.wake.next() != nil else { return nil }
        }
    }

    package func acknowledge(_ signal: Signal) async throws(StoreError) {
        try await self.store.acknowledge(self.name, signal.sequence)
    }

    package func cancel() { self.wake.cancel() }
}
