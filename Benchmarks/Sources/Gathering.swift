import Synchronization

/// Waits until as many as were expected have arrived.
final class Gathering: Sendable {
    private struct State {
        var missing: Int
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(expecting count: Int) { self.state = Mutex(State(missing: count)) }

    func arrive() {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.missing -= 1
            return state.missing == 0 ? state.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// Returns when all are there, and expects as many again as given.
    func wait(thenExpecting count: Int) async {
        await withCheckedContinuation { continuation in
            let isComplete = self.state.withLock { state in
                if state.missing <= 0 { return true }
                state.waiter = continuation
                return false
            }
            if isComplete { continuation.resume() }
        }
        self.state.withLock { $0.missing += count }
    }
}
