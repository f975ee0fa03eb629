import LoomKernel
import Synchronization

/// Keeps what plugins report. Before a workspace is open there is no log, so it is only heard then.
final class SignalRecorder: Sendable {
    private let bus: SignalBus
    private let store = Mutex<Store?>(nil)

    init(bus: SignalBus) { self.bus = bus }

    func record(into store: Store) { self.store.withLock { $0 = store } }

    func publish(_ report: PluginReported) {
        guard let store = self.store.withLock({ $0 }) else {
            return self.bus.publish(report, source: "plugin/\(report.plugin)")
        }
        Task { _ = try? await store.publish(report, source: "plugin/\(report.plugin)") }
    }
}
