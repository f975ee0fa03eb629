import LoomKernel
import LoomLua

extension Generation {
    /// A plugin's file does nothing but build a table.
    static let loadDeadline: Duration = .seconds(2)

    /// Runs the file in a fresh state, where it may touch nothing; gives back what it returns.
    static func load(_ order: LoadOrder) async throws(PluginFault) -> (generation: Generation, value: LuaValue) {
        let file = order.file
        if let problem = file.problem { throw PluginFault(path: file.displayPath, line: nil, cause: problem) }
        do {
            let state = try LuaState(name: file.displayPath, limits: .ofPlugins)
            let modules = ModuleScope(order.moduleFiles, candidates: order.modules)
            let null = NullFunction()
            let lease = Lease(plugin: file.key.name, number: order.number, memory: order.memory)
            await state.install(.ofPlugins, null: null, modules: modules, lease: lease)
            let context = CallContext(phase: .loading, plugin: file.key.name, ports: order.ports)
            let made = try await state.run(
                source: Prelude.source, chunk: "=" + Prelude.chunk, deadline: loadDeadline, context: context, isShared: true)
            guard let prelude = Prelude(made.first) else {
                throw PluginFault(path: file.displayPath, line: nil, cause: "the Lua API could not be set up")
            }
            null.set(prelude.null)
            await state.setStrictGlobals(true)
            let values = try await state.run(
                source: file.text, chunk: "@" + file.displayPath, deadline: loadDeadline, context: context,
                isShared: file.key.kind.requirePrefix != nil, isLookedAt: true)
            if let fault = try await PluginFault.ofGlobals(in: file, state, deadline: loadDeadline) { throw fault }
            let value = values.first ?? .nil
            guard file.key.kind.hasGenerations else {
                return (Generation(order, lease: lease, limits: .standard, state: state, modules: modules, prelude: prelude), value)
            }
            let table = try PluginTable(value, of: file)
            let limits = try table.limits(within: order.ports.configuration.pluginCeiling)
            if await state.limitMemory(to: limits.memoryMB << 20) > limits.memoryMB << 20 {
                throw table.fault(["limits", "memory_mb"], "limits.memory_mb is \(limits.memoryMB), and to load the file took more")
            }
            let generation = Generation(order, lease: lease, limits: limits, state: state, modules: modules, prelude: prelude)
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

extension LuaLimits {
    /// Many states, each busy now and then: their threads are not to stand about.
    static var ofPlugins: LuaLimits {
        var limits = LuaLimits()
        limits.threadIdle = .milliseconds(250)
        return limits
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
