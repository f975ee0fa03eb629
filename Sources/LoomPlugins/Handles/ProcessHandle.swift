import LoomKernel
import LoomSystem
import Synchronization

/// A process that Lua code started.
final class ProcessHandle: OpenHandle {
    static let luaClass = "Process"

    let process: HostProcess
    /// What it has written and nobody has read yet.
    let output = Inflow<String>(capacity: 4)
    private let termination = Mutex<ProcessTermination?>(nil)

    init(_ process: HostProcess) {
        self.process = process
        Task { [output] in
            await process.read { await output.put($0) }
            output.finish()
        }
    }

    var fields: [String: JSON] { ["pid": .int(Int64(process.identifier))] }
    var isOver: Bool { termination.withLock { $0 != nil } }

    /// Nil when it has not ended within that time.
    func wait(within limit: Duration?, clock: any WallClock) async -> ProcessTermination? {
        let ended = await withTaskGroup(of: ProcessTermination?.self) { group in
            group.addTask { [process] in await process.wait() }
            if let limit {
                group.addTask {
                    try? await clock.sleep(for: limit)
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        termination.withLock { $0 = ended ?? $0 }
        return ended
    }

    func end() async {
        // What it still writes is dropped, or its end would wait for a reader.
        output.abandon()
        process.stop()
        _ = await process.wait()
    }
}
