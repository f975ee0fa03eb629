import LoomKernel
import Synchronization

/// Hands model events from a provider's Lua code to the one who reads them, a bounded number ahead: a slow reader slows
/// the provider down.
///
/// One sender and one reader at a time.
final class EventChannel: Sendable {
    private struct State {
        var events: [ModelEvent] = []
        var end: Result<Void, ModelFailure>?
        var reader: CheckedContinuation<Void, Never>?
        var sender: CheckedContinuation<Void, Never>?
        /// Counts everything that shows that the provider is alive.
        var progress = 0

        /// Nil when the reader has to wait; `.success(nil)` at the end.
        mutating func takeNext() -> Result<ModelEvent?, ModelFailure>? {
            if !events.isEmpty { return .success(events.removeFirst()) }
            switch end {
            case .failure(let failure): return .failure(failure)
            case .success: return .success(nil)
            case nil: return nil
            }
        }
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int = 64) { self.capacity = capacity }

    /// How things stand for who sends.
    enum Standing {
        case open
        /// Wait for `room` before the next event.
        case full
        /// Nobody reads any more.
        case over
    }

    /// Never waits. The event is taken unless the channel is over.
    func offer(_ event: ModelEvent) -> Standing {
        let (reader, standing) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Standing) in
            state.progress += 1
            guard state.end == nil else { return (nil, .over) }
            state.events.append(event)
            return (state.reader.take(), state.events.count < capacity ? .open : .full)
        }
        reader?.resume()
        return standing
    }

    /// Returns when there is room; false when nobody reads any more.
    func room() async -> Bool {
        await withCheckedContinuation { continuation in
            let resumeNow = state.withLock { state in
                if state.end != nil || state.events.count < capacity { return true }
                state.sender = continuation
                return false
            }
            if resumeNow { continuation.resume() }
        }
        return state.withLock { $0.end == nil }
    }

    /// The first end counts; events sent before it are still read.
    func finish(_ failure: ModelFailure? = nil) {
        let waiting = state.withLock { state in
            if state.end == nil { state.end = failure.map { .failure($0) } ?? .success(()) }
            return [state.reader.take(), state.sender.take()]
        }
        for continuation in waiting { continuation?.resume() }
    }

    /// Nil at the end.
    func next() async throws -> ModelEvent? {
        while true {
            let (taken, sender) = state.withLock { state in
                let taken = state.takeNext()
                return (taken, taken == nil ? nil : state.sender.take())
            }
            sender?.resume()
            if let taken { return try taken.get() }
            await withTaskCancellationHandler {
                await arrival()
            } onCancel: {
                finish(ModelFailure(.cancelled, "The model call was cancelled."))
            }
        }
    }

    private func arrival() async {
        await withCheckedContinuation { continuation in
            let resumeNow = state.withLock { state in
                if state.end != nil || !state.events.isEmpty { return true }
                state.reader = continuation
                return false
            }
            if resumeNow { continuation.resume() }
        }
    }

    func noteProgress() { state.withLock { $0.progress += 1 } }

    /// How far the provider is, and whether it is the provider that is being waited for.
    var pulse: (progress: Int, isWaitedFor: Bool) {
        state.withLock { ($0.progress, $0.sender == nil && $0.end == nil) }
    }
}
