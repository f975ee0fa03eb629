import Synchronization

/// Counts the calls of one plugin, over all its generations, and knows which of them are open.
final class CallTally: Sendable {
    private struct State {
        var calls = 0
        var generations: [Int: Open] = [:]
    }

    private struct Open {
        /// A refused candidate and its repeated attempt have the same number.
        var states = 0
        var running = 0
    }

    private let state = Mutex(State())

    func open(_ generation: Int) { state.withLock { $0.generations[generation, default: Open()].states += 1 } }

    func close(_ generation: Int) {
        state.withLock { state in
            state.generations[generation]?.states -= 1
            if state.generations[generation]?.states ?? 0 <= 0 { state.generations[generation] = nil }
        }
    }

    func begin(_ generation: Int) {
        state.withLock { state in
            state.calls += 1
            state.generations[generation]?.running += 1
        }
    }

    func end(_ generation: Int) { state.withLock { $0.generations[generation]?.running -= 1 } }

    var counts: (calls: Int, running: Int) {
        state.withLock { state in (state.calls, state.generations.values.reduce(0) { $0 + $1.running }) }
    }

    /// Generations before this one that are not closed yet, with the calls that still run in them; the oldest first.
    func older(than generation: Int) -> [(generation: Int, running: Int)] {
        state.withLock { state in
            state.generations.filter { $0.key < generation }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.running) }
        }
    }
}
