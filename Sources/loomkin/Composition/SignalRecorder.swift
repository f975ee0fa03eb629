import LoomKernel
import Synchronization

/// Keeps what plugins report. Before a workspace is open there is no log: what failed until then is told when it opens.
final class SignalRecorder: Sendable {
    private let bus: SignalBus
    private let state = Mutex(State())

    private struct State {
        weak var workspace: Workspace?
        var early: [PluginReported] = []
        /// Each is kept after the one before it.
        var last: Task<Void, Never>?
    }

    init(bus: SignalBus) { self.bus = bus }

    func record(into workspace: Workspace) async {
        let early = self.state.withLock { state in
            state.workspace = workspace
            defer { state.early = [] }
            return state.early
        }
        for report in early { await workspace.keep(report) }
    }

    func publish(_ report: PluginReported) {
        let isKept = self.state.withLock { state in
            guard let workspace = state.workspace else {
                if report.error != nil { state.early.append(report) }
                return false
            }
            state.last = Task { [last = state.last] in
                await last?.value
                await workspace.keep(report)
            }
            return true
        }
        if !isKept { self.bus.publish(report, source: "plugin/\(report.plugin)") }
    }
}
