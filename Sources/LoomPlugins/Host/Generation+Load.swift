import LoomKernel
import LoomLua

extension Generation {
    /// Runs the file in a fresh state, where it may touch nothing; gives back what it returns.
    static func load(_ order: LoadOrder) async throws(PluginFault) -> (generation: Generation, value: LuaValue) {
        let file = order.file
        if let problem = file.problem { throw PluginFault(path: file.displayPath, line: nil, cause: problem) }
        do {
            let modules = ModuleScope(order.moduleFiles, candidates: order.modules)
            let lease = Lease(plugin: file.key.name, number: order.number, memory: order.memory)
            let (code, value) = try await LuaCode.open(file, modules: modules, lease: lease, ports: order.ports, isLookedAt: true)
            if let fault = try await PluginFault.ofGlobals(in: file, code.state, deadline: LuaCode.deadline) { throw fault }
            guard file.key.kind.hasGenerations else {
                return (Generation(order, lease: lease, limits: .standard, code: code, modules: modules), value)
            }
            let table = try PluginTable(value, of: file)
            let limits = try table.limits(within: order.ports.configuration.pluginCeiling)
            if await code.state.limitMemory(to: limits.memoryMB << 20) > limits.memoryMB << 20 {
                throw table.fault(["limits", "memory_mb"], "limits.memory_mb is \(limits.memoryMB), and to load the file took more")
            }
            let generation = Generation(order, lease: lease, limits: limits, code: code, modules: modules)
            try await generation.migrate(table, order.memory)
            return (generation, value)
        } catch let error as LuaError {
            throw PluginFault(error, in: file)
        } catch let error as PluginFault {
            throw error
        } catch {
            throw PluginFault(path: file.displayPath, line: nil, cause: "\(error)")
        }
    }
}

extension PluginFault {
    /// From Lua's message, which begins with the place; the place may be in a module that the file requires.
    init(_ error: LuaError, in file: PluginFile) {
        guard let place = LuaFault.place(in: error.message) else {
            self.init(path: file.displayPath, line: Self.line(in: error.traceback, path: file.displayPath), cause: error.message)
            return
        }
        // Lua shows the end of a long path only.
        let path = place.path.hasPrefix("...") && file.displayPath.hasSuffix(place.path.dropFirst(3)) ? file.displayPath : place.path
        self.init(path: path, line: place.line, cause: place.rest)
    }

    /// The innermost line of the file in a traceback.
    private static func line(in traceback: String?, path: String) -> Int? {
        for row in traceback?.split(separator: "\n") ?? [] {
            guard let range = row.firstRange(of: path + ":") else { continue }
            if let line = Int(row[range.upperBound...].prefix { $0.isASCII && $0.isNumber }) { return line }
        }
        return nil
    }
}
