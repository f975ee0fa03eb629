import Synchronization

/// Counts what is open over all plugins of a host, so that a leak is seen.
final class OpenCounts: Sendable {
    /// Generations that somebody holds; the Lua state of one may rest.
    let generations = Counter()
    /// What generations have set going and what has not ended yet.
    let owned = Counter()
}

final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func increment() { count.add(1, ordering: .relaxed) }
    func decrement() { count.subtract(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
