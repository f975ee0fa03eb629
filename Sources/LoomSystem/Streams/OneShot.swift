import Synchronization

/// A value that comes once, from any thread, to any number of tasks that wait for it.
package final class OneShot<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [Int: CheckedContinuation<Value?, Never>] = [:]
        var cancelled: Set<Int> = []
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// The first value counts.
    package func fulfil(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            guard state.value == nil else { return [] }
            state.value = value
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: value) }
    }

    /// Nil when the task is cancelled before there is a value.
    package func value() async -> Value? {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (value, isCancelled) = state.withLock { state -> (Value?, Bool) in
                    if state.value == nil, state.cancelled.remove(id) == nil {
                        state.waiters[id] = continuation
                        return (nil, false)
                    }
                    return (state.value, true)
                }
                if value != nil || isCancelled { continuation.resume(returning: value) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
                if let waiter = state.waiters.removeValue(forKey: id) { return waiter }
                if state.value == nil { state.cancelled.insert(id) }
                return nil
            }
            waiter?.resume(returning: nil)
        }
    }
}
