import LoomLua
import LoomSystem

extension Generation {
    /// Asks the plugin's `migrate` what becomes of what its predecessors left in `loom.state`. Where it fails, the predecessor goes on
    /// with its own.
    func migrate(_ table: PluginTable, _ memory: PluginMemory) async throws(PluginFault) {
        guard let migrate = try table.optionalFunction("migrate"), let (old, from) = memory.hold() else { return }
        let context = CallContext(phase: .migration, plugin: file.key.name, ports: ports)
        let result: JSON
        do {
            result =
                try await call(
                    migrate, [], [.object(old), .int(Int64(from))], marksEmptyLists: false, deadline: Self.loadDeadline, context: context
                ).first ?? .null
        } catch {
            let fault = PluginFault(error.error, in: file)
            throw PluginFault(
                path: fault.path, line: fault.line, cause: "migrate failed for the state of generation \(from): \(fault.cause)")
        }
        guard let values = result.members else {
            throw table.fault(["migrate"], "migrate must return the new state as a table, got \(result.kind)")
        }
        let size = values.values.reduce(0) { $0 + $1.text().utf8.count }
        guard size <= PluginMemory.limit else {
            throw table.fault(["migrate"], "migrate returned \(size) bytes, and a state may have \(PluginMemory.limit)")
        }
        lease.translate(values)
    }
}
