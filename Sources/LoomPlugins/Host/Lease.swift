import LoomSystem
import Synchronization

/// The right of one generation to act in its plugin's name: from its commit until it is replaced. What it holds afterwards is inert.
final class Lease: Sendable {
    private enum State {
        /// It was loaded, and is not in use. What it made of its predecessor's state, when it did.
        case candidate([String: JSON]?)
        case current
        /// By which generation it was replaced, nil when its file went, and the state as it was then.
        case ended(by: Int?, left: [String: JSON])
    }

    let plugin: String
    let number: Int
    private let memory: PluginMemory
    private let state = Mutex(State.candidate(nil))

    init(plugin: String, number: Int, memory: PluginMemory) {
        self.plugin = plugin
        self.number = number
        self.memory = memory
    }

    /// For Lua states that are no plugin's: of specs, and to look at what there is.
    static var unheld: Lease { Lease(plugin: "", number: 0, memory: PluginMemory()) }

    /// What the predecessor's state became.
    func translate(_ values: [String: JSON]) { state.withLock { $0 = .candidate(values) } }

    func begin() {
        let values = state.withLock { state -> [String: JSON]? in
            defer { state = .current }
            if case .candidate(let values) = state { return values }
            return nil
        }
        memory.pass(to: number, values)
    }

    func end(by successor: Int?) {
        state.withLock { state in
            if case .current = state { state = .ended(by: successor, left: memory.values) }
        }
    }

    /// The sentence that a replaced generation gets instead of an effect.
    var staleness: String? {
        state.withLock { state in
            guard case .ended(let successor, _) = state else { return nil }
            return "stale: plugin \(plugin) generation \(number) was \(successor.map { "replaced by \($0)" } ?? "removed")"
        }
    }

    // MARK: The state

    /// A replaced generation still reads what was there when it was replaced: its successor may have given the data another shape.
    func value(_ key: String) -> JSON? {
        let left = state.withLock { state -> [String: JSON]? in
            if case .ended(_, let left) = state { return left }
            return nil
        }
        return left.map { $0[key] } ?? memory.value(key)
    }

    enum Refusal: Error {
        case stale(String)
        case tooLarge(Int)
    }

    func set(_ key: String, _ value: JSON?) async throws(Refusal) {
        while true {
            // In one step with the check, or a write could slip in behind the replacement.
            let outcome = state.withLock { state -> Result<PluginMemory.Outcome, Refusal>? in
                if case .ended = state { return nil }
                return .success(memory.set(key, value))
            }
            switch outcome {
            case nil: throw .stale(staleness ?? "stale")
            case .success(.done): return
            case .success(.tooLarge(let size)): throw .tooLarge(size)
            case .success(.held): await memory.ready()
            case .failure(let refusal): throw refusal
            }
        }
    }
}
