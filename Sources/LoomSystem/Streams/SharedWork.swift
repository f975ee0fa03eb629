import Synchronization

/// Work that several callers want at the same time is done once: whoever comes while it is under way waits for that.
package final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let running = Mutex<[Key: Task<Value, Never>]>([:])

    package init() {}

    /// - Returns: what the work gave, and whether this caller is the first to learn of it, who may keep it for later ones.
    package func value(of key: Key, _ work: @escaping @Sendable () async -> Value) async -> (value: Value, isFirst: Bool) {
        // No child of the caller that happens to be first: the others go on when that one is cancelled.
        let task = running.withLock { running in
            let task = running[key] ?? Task { await work() }
            running[key] = task
            return task
        }
        let value = await task.value
        let isFirst = running.withLock { running in
            guard running[key] == task else { return false }
            running[key] = nil
            return true
        }
        return (value, isFirst)
    }
}
