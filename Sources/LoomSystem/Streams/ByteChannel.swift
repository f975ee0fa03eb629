import Synchronization

/// Carries bytes from a thread that must not wait to one task that may, with a bound on what lies between them.
///
/// What was sent in several pieces since the last `next` comes out as one: a consumer wakes up once a batch.
package final class ByteChannel<Failure: Error>: Sendable {
    private typealias Outcome = Result<[UInt8]?, Failure>

    private struct State {
        var buffer: [UInt8] = []
        var end: Result<Void, Failure>?
        var waiter: CheckedContinuation<Outcome, Never>?
        var isProducerWaiting = false

        /// What a consumer gets now; nil when it must wait.
        mutating func take() -> Outcome? {
            if !buffer.isEmpty {
                defer { buffer = [] }
                return .success(buffer)
            }
            return end?.map { nil }
        }
    }

    private let limit: Int
    private let cancellation: Result<Void, Failure>
    private let onRoom: @Sendable () -> Void
    private let onAbandon: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: Bytes waiting from which on `hasRoom` is false.
    ///   - cancellation: How the stream ends for a consumer whose task is cancelled.
    ///   - onRoom: Called once after `hasRoom` was false and the consumer took what waited.
    ///   - onAbandon: Called when nobody will read any more before the end was reached.
    package init(
        limit: Int,
        cancellation: Result<Void, Failure>,
        onRoom: @escaping @Sendable () -> Void = {},
        onAbandon: @escaping @Sendable () -> Void = {}
    ) {
        self.limit = limit
        self.cancellation = cancellation
        self.onRoom = onRoom
        self.onAbandon = onAbandon
    }

    /// Whether more should be sent now. False promises a call of `onRoom`.
    package func hasRoom() -> Bool {
        state.withLock { state in
            if state.end != nil || state.buffer.count < limit { return true }
            state.isProducerWaiting = true
            return false
        }
    }

    /// Hands over bytes, whether there is room or not; after the end they are dropped.
    package func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            guard state.end == nil else { return nil }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            state.buffer += bytes
            return nil
        }
        waiter?.resume(returning: .success(bytes))
    }

    /// The end, after what was sent; the first one counts.
    package func finish(_ end: Result<Void, Failure> = .success(())) {
        close(end, droppingRest: false)
    }

    /// The next bytes, nil at the end. For one consumer: a second one that waits at the same time gets the end.
    func next() async throws(Failure) -> [UInt8]? {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (outcome, wakesProducer) = state.withLock { state -> (Outcome?, Bool) in
                    guard let outcome = state.take() else {
                        if state.waiter != nil { return (.success(nil), false) }
                        state.waiter = continuation
                        return (nil, false)
                    }
                    defer { state.isProducerWaiting = false }
                    return (outcome, state.isProducerWaiting)
                }
                if wakesProducer { onRoom() }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            abandon()
        }
        return try outcome.get()
    }

    /// The consumer is gone: what waits is dropped, and so is whatever still comes.
    func abandon() {
        if close(cancellation, droppingRest: true) { onAbandon() }
    }

    @discardableResult
    private func close(_ end: Result<Void, Failure>, droppingRest: Bool) -> Bool {
        let (waiter, isFirst) = state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Bool) in
            let isFirst = state.end == nil
            if isFirst { state.end = end }
            if droppingRest { state.buffer = [] }
            defer { state.waiter = nil }
            return (state.waiter, isFirst)
        }
        waiter?.resume(returning: end.map { nil })
        return isFirst
    }
}
