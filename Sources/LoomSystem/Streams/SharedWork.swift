import Synchronization

/// Work that several callers want at the same time is done once: whoever comes while it is under way waits for that.
package final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let running = Mutex<[Key: Task<Value, Never>]>([:])

    package init() {}

    /// - Parameter work: it keeps itself what is to last, before it ends: whoever comes later has it done again.
    package func value(of key: Key, _ work: @escaping @Sendable () async -> Value) async -> Value {
        // No child of the caller that happens to be first: the others go on when that one is cancelled.
        let task = running.withLock { running in
            let task = running[key] ?? Task { await work() }
            running[key] = task
            return task
        }
        let value = await task.value
        running.withLock { if $0[key] == task { $0[key] = nil } }
        return value
    }
}
