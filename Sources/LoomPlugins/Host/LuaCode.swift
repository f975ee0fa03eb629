import LoomKernel
import LoomLua

/// A plugin's file as it runs in a Lua state of its own.
struct LuaCode: Sendable {
    let state: LuaState
    let prelude: Prelude
    /// The functions that are known outside, by where they stand in what the file returned.
    let functions: [[LuaKey]: LuaFunction]

    /// A plugin's file does nothing but build a table.
    static let deadline: Duration = .seconds(2)

    /// Runs the file in a fresh state, where it may touch nothing; gives back what it returns.
    /// - Parameter isLookedAt: whether `takeGlobals` of the state is to tell of the file.
    static func open(
        _ file: PluginFile, modules: ModuleScope, lease: Lease, ports: PluginPorts, isLookedAt: Bool
    ) async throws(LuaError) -> (code: LuaCode, value: LuaValue) {
        let state = try LuaState(name: file.displayPath, limits: .ofPlugins)
        let null = NullFunction()
        await state.install(.ofPlugins, null: null, modules: modules, lease: lease)
        let context = CallContext(phase: .loading, plugin: file.key.name, ports: ports)
        let made = try await state.run(
            source: Prelude.source, chunk: "=" + Prelude.chunk, deadline: deadline, context: context, isShared: true)
        guard let prelude = Prelude(made.first) else { throw LuaError(.host, "the Lua API could not be set up") }
        null.set(prelude.null)
        await state.setStrictGlobals(true)
        let values = try await state.run(
            source: file.text, chunk: "@" + file.displayPath, deadline: deadline, context: context,
            isShared: file.key.kind.requirePrefix != nil, isLookedAt: isLookedAt)
        let value = values.first ?? .nil
        var functions = prelude.functions
        visit(value, at: []) { functions[$0] = $1 }
        return (LuaCode(state: state, prelude: prelude, functions: functions), value)
    }

    private static func visit(_ value: LuaValue, at path: [LuaKey], _ body: ([LuaKey], LuaFunction) -> Void) {
        switch value {
        case .function(let function): body(path, function)
        case .table(let table):
            for (index, element) in table.array.enumerated() { visit(element, at: path + [.integer(Int64(index + 1))], body) }
            for field in table.fields { visit(field.value, at: path + [field.key], body) }
        default: break
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
