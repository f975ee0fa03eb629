import LoomSystem
import Synchronization

/// `loom.state` of one plugin: data that passes from each generation to the next, and ends with the process.
final class PluginMemory: Sendable {
    /// As JSON text, all keys together.
    static let limit = 1 << 20

    private struct State {
        var values: [String: JSON] = [:]
        var sizes: [String: Int] = [:]
        /// The generation that it was last written for.
        var generation = 0
        /// Counts writes.
        var revision = 0
        /// While a successor translates it, writes wait: they would be lost or come in the old shape.
        var isHeld = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var values: [String: JSON] { state.withLock { $0.values } }

    func value(_ key: String) -> JSON? { state.withLock { $0.values[key] } }

    /// What a successor has to translate.
    struct Inheritance: Sendable {
        let values: [String: JSON]
        let generation: Int
        let revision: Int
    }

    /// Holds writes back and gives what is there. Where there is nothing they are held too: the first would come in the old shape.
    func hold() -> Inheritance {
        state.withLock { state in
            state.isHeld = true
            return Inheritance(values: state.values, generation: state.generation, revision: state.revision)
        }
    }

    var revision: Int { state.withLock { $0.revision } }

    func release() {
        let waiting = state.withLock { state in
            state.isHeld = false
            return state.waiting.take()
        }
        waiting.forEach { $0.resume() }
    }

    /// A generation takes over, with what it made of the data when it did.
    func pass(to generation: Int, _ values: [String: JSON]?) {
        state.withLock { state in
            state.generation = generation
            guard let values else { return }
            state.values = values
            state.sizes = values.mapValues { $0.text().utf8.count }
        }
    }

    /// Waits while the data is being translated.
    func ready() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.waiting.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
    }

    enum Outcome: Sendable {
        case done, tooLarge(Int)
        case held
    }

    /// - Parameter value: nil takes it away.
    func set(_ key: String, _ value: JSON?) -> Outcome {
        let size = value.map { $0.text().utf8.count } ?? 0
        return state.withLock { state in
            if state.isHeld { return .held }
            let total = state.sizes.values.reduce(0, +) - (state.sizes[key] ?? 0) + size
            guard total <= Self.limit else { return .tooLarge(total) }
            state.revision += 1
            state.values[key] = value
            state.sizes[key] = value == nil ? nil : size
            return .done
        }
    }
}

extension Array {
    fileprivate mutating func take() -> Self {
        let all = self
        removeAll()
        return all
    }
}
