package import LoomSystem

/// Reads the log behind a stored cursor: every kept signal at least once, also across restarts.
///
/// Take a batch, deal with it, `acknowledge` it. What was not acknowledged comes again.
package struct DurableSubscription: Sendable {
    package let name: String
    private let store: Store
    private let session: ID
    private let patterns: [TopicPattern]
    private let wakes: [Subscription]
    private let bell: Mailbox<Void>
    private let ringing: [Task<Void, Never>]

    package init(name: String, patterns: [String], store: Store, bus: SignalBus, session: ID) {
        self.name = name
        self.store = store
        self.session = session
        self.patterns = patterns.map { TopicPattern($0) }
        // One waiting signal is enough to know that there is something to read.
        let wakes = patterns.map { bus.subscribe($0, name: name, delivery: .durable(cursor: name), capacity: 1) }
        let bell = Mailbox<Void>()
        self.wakes = wakes
        self.bell = bell
        self.ringing = wakes.map { wake in
            Task {
                while await wake.next() != nil { if bell.isEmpty { bell.send(()) } }
                bell.close()
            }
        }
    }

    /// The number of the last signal that was offered since this began; what the reader has not dealt with may be higher or lower.
    package var lastOffered: Int64 { self.wakes.map(\.lastOffered).max() ?? 0 }

    /// The next signals behind the cursor, at most `limit`; nil when it was cancelled. `idle` hears when there are none and it waits.
    package func next(limit: Int = 256, idle: @Sendable () -> Void = {}) async throws(StoreError) -> [Signal]? {
        while true {
            let cursor = try await self.store.cursor(self.name)
            let batch = try await self.store.signals(after: cursor, limit: limit, session: self.session, matching: self.patterns)
            if !batch.isEmpty { return batch }
            idle()
            guard await self.bell.next() != nil else { return nil }
        }
    }

    package func acknowledge(_ signal: Signal) async throws(StoreError) {
        try await self.store.acknowledge(self.name, signal.sequence)
    }

    package func cancel() {
        self.wakes.forEach { $0.cancel() }
        self.bell.close()
    }
}
