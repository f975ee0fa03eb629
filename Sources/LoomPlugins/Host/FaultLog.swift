import LoomSystem
import Synchronization

/// The faults of one generation: errors that its code made, not those that it raised on purpose.
final class FaultLog: Sendable {
    /// So many within the window, and it is called no more.
    static let limit = 5
    static let window: Duration = .seconds(60)

    private struct State {
        var times: [Duration] = []
        var last: String?
        /// How often the last one came without another in between.
        var repeats = 0
        var isQuarantined = false
    }

    /// What a fault means for whoever watches.
    enum Outcome: Sendable {
        case new, repeated
        /// With this one it is quarantined.
        case quarantined
    }

    private let state = Mutex(State())

    func note(_ text: String, at time: Duration) -> Outcome {
        state.withLock { state in
            state.repeats = text == state.last ? state.repeats + 1 : 1
            state.last = text
            state.times = state.times.filter { time - $0 < Self.window } + [time]
            guard state.times.count >= Self.limit, !state.isQuarantined else { return state.repeats > 1 ? .repeated : .new }
            state.isQuarantined = true
            return .quarantined
        }
    }

    var isQuarantined: Bool { state.withLock { $0.isQuarantined } }

    /// The last fault, with how often it came.
    var text: String? {
        state.withLock { state in
            state.last.map { state.repeats > 1 ? "\($0) (\(state.repeats) times)" : $0 }
        }
    }

    /// What callers of a quarantined plugin are told; nil for one that may be called.
    func refusal(of key: PluginKey) -> String? {
        guard isQuarantined, let text else { return nil }
        return """
            The \(key) is quarantined after \(Self.limit) faults within \(Int(Self.window.inSeconds)) s, the last one: \(text). It is called again \
            when its file changes, or after /reload \(key.name).
            """
    }
}
