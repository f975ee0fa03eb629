import Synchronization

/// Counts the calls of one plugin, over all its generations.
final class CallTally: Sendable {
    private let calls = Atomic<Int>(0)
    private let running = Atomic<Int>(0)

    func begin() {
        calls.add(1, ordering: .relaxed)
        running.add(1, ordering: .relaxed)
    }

    func end() {
        running.subtract(1, ordering: .relaxed)
    }

    var counts: (calls: Int, running: Int) {
        (calls.load(ordering: .relaxed), running.load(ordering: .relaxed))
    }
}
