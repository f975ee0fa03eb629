import LoomKernel
import LoomLua
import LoomSystem
import Synchronization

/// One Lua state with a plugin and its spec in it. A case gets one of its own, so it sees nothing that another one left.
struct SpecState: Sendable {
    let cases: [Case]
    private let state: LuaState
    private let runCase: LuaFunction
    private let context: CallContext
    private let printed: Printed

    struct Case: Sendable {
        let name: String
        let body: LuaFunction
    }

    /// Gathers what a case prints.
    private final class Printed: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ text: String) { lines.withLock { $0.append(text) } }
        var all: [String] { lines.withLock { $0 } }
    }

    static func open(_ spec: SpecFile, modules: SpecModules, ports: PluginPorts) async throws(LuaError) -> SpecState {
        guard let file = modules[spec.key] else {
            throw LuaError(.host, "there is no \(spec.root.prefix)\(spec.key.path) beside it")
        }
        guard let bytes = try? ports.files.read(spec.file) else { throw LuaError(.host, "\(spec.path): it cannot be read") }
        let state = try LuaState(name: spec.path, limits: .ofPlugins)
        let null = NullFunction()
        let printed = Printed()
        let context = CallContext(phase: .tool, plugin: spec.key.name, ports: ports)
        await state.install(.ofSpecs, null: null, modules: ModuleScope(ModuleFiles(), candidates: [:]), lease: .unheld)
        await state.setModuleLoader { name in try modules.load(name) }
        await state.setPrint { _, text in printed.add(text) }
        guard
            let prelude = Prelude(
                try await state.run(source: Prelude.source, chunk: "=" + Prelude.chunk, deadline: SpecRunner.deadline, context: context)
                    .first)
        else { throw LuaError(.host, "the Lua API could not be set up") }
        null.set(prelude.null)
        await state.installSpecFunctions(for: file, modules: modules, null: null, ports: ports)
        let harness = try await state.run(
            source: "return require(\"spec.case\").open", chunk: "=spec", deadline: SpecRunner.deadline, context: context)
        guard let open = harness.first?.function else { throw LuaError(.host, "the harness could not be set up") }
        let opened = try await state.call(
            open, [.string(spec.key.kind.rawValue), .string("=" + SpecModules.module(spec.key))], deadline: SpecRunner.deadline,
            context: context)
        guard let runCase = opened.first?.function else { throw LuaError(.host, "the harness could not be set up") }
        await state.setStrictGlobals(true)
        let value = try await state.run(
            source: String(decoding: bytes, as: UTF8.self), chunk: "@" + spec.path, deadline: SpecRunner.deadline, context: context
        ).first
        return SpecState(cases: try cases(value, spec), state: state, runCase: runCase, context: context, printed: printed)
    }

    private static func cases(_ value: LuaValue?, _ spec: SpecFile) throws(LuaError) -> [Case] {
        let wanted = "a spec returns a list of cases, { \"name\", function(t) … end }"
        guard let list = value?.table?.array, !list.isEmpty else { throw LuaError(.host, "\(spec.path): \(wanted)") }
        var cases: [Case] = []
        for (index, entry) in list.enumerated() {
            guard let entry = entry.table?.array, entry.count == 2, let name = entry[0].string, let body = entry[1].function else {
                throw LuaError(.host, "\(spec.path): case \(index + 1) is none: \(wanted)")
            }
            cases.append(Case(name: name, body: body))
        }
        return cases
    }

    /// Nil when the case passed.
    func run(_ index: Int) async -> LuaError? {
        do throws(LuaError) {
            try await state.call(runCase, [.function(cases[index].body)], deadline: SpecRunner.deadline, context: context)
            return nil
        } catch {
            return error
        }
    }

    var output: [String] { printed.all }

    func close() async { await state.close() }
}

extension APIFunction {
    /// Whether specs use the function itself: what may be called while a plugin loads needs no host that would have to be made up.
    var isReal: Bool { phases.contains(.loading) }
}
