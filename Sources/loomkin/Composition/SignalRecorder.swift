import LoomKernel
import Synchronization

/// Keeps what plugins report. Before a workspace is open there is no log: what failed until then is told when it opens.
final class SignalRecorder: Sendable {
    private let bus: SignalBus
    private let state = Mutex(State())

    private struct State {
        var store: Store?
        var early: [PluginReported] = []
    }

    init(bus: SignalBus) { self.bus = bus }

    func record(into store: Store) async {
        let early = self.state.withLock { state in
            state.store = store
            defer { state.early = [] }
            return state.early
        }
        for report in early { await Self.keep(report, in: store) }
    }

    func publish(_ report: PluginReported) {
        let store = self.state.withLock { state in
            if state.store == nil, report.error != nil { state.early.append(report) }
            return state.store
        }
        guard let store else { return self.bus.publish(report, source: "plugin/\(report.plugin)") }
        Task { await Self.keep(report, in: store) }
    }

    private static func keep(_ report: PluginReported, in store: Store) async {
        _ = try? await store.publish(report, source: "plugin/\(report.plugin)")
    }
}
