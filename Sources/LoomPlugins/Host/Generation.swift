import LoomKernel
import LoomLua
import LoomSystem
import Synchronization

/// One loaded version of a plugin: a Lua state of its own, and the calls that run in it.
///
/// It lives as long as somebody holds a tool or provider of it: a call ends on the generation it began on. When the last
/// holder lets go, the state is freed.
package final class Generation: Sendable {
    let file: PluginFile
    let number: Int
    let ports: PluginPorts
    let modules: ModuleScope
    let prelude: Prelude
    let lease: Lease
    private let state: LuaState
    private let tally: CallTally
    private let count: GenerationCount
    private let life = Mutex(Life())
    /// What a service has started and not ended.
    let lasting = OpenHandles()

    private struct Life {
        var running = 0
        var isRetired = false
        /// Ends the calls of a retired generation that take too long.
        var grace: Task<Void, Never>?
    }

    /// How long calls may go on after their plugin was replaced.
    static let grace: Duration = .seconds(30)
    /// A plugin's file does nothing but build a table.
    static let loadDeadline: Duration = .seconds(2)

    private init(_ order: LoadOrder, lease: Lease, state: LuaState, modules: ModuleScope, prelude: Prelude) {
        self.lease = lease
        file = order.file
        number = order.number
        ports = order.ports
        tally = order.tally
        count = order.count
        self.modules = modules
        self.state = state
        self.prelude = prelude
        count.increment()
    }

    deinit {
        count.decrement()
        Task { [lasting] in await lasting.endAll() }
    }

    /// Runs the file in a fresh state, where it may touch nothing; gives back what it returns.
    static func load(_ order: LoadOrder) async throws(PluginFault) -> (generation: Generation, value: LuaValue) {
        let file = order.file
        if let problem = file.problem { throw PluginFault(path: file.displayPath, line: nil, cause: problem) }
        do {
            let state = try LuaState(name: file.displayPath, limits: .ofPlugins)
            let modules = ModuleScope(order.moduleFiles, candidates: order.modules)
            let null = NullFunction()
            let lease = Lease(plugin: file.key.name, number: order.number, memory: order.memory)
            await state.install(APIFunction.installed, null: null, modules: modules, lease: lease)
            let context = CallContext(phase: .loading, plugin: file.key.name, ports: order.ports)
            let made = try await state.run(source: Prelude.source, chunk: "=" + Prelude.chunk, deadline: loadDeadline, context: context)
            guard let prelude = Prelude(made.first) else {
                throw PluginFault(path: file.displayPath, line: nil, cause: "the Lua API could not be set up")
            }
            null.set(prelude.null)
            await state.setStrictGlobals(true)
            let values = try await state.run(
                source: file.text, chunk: "@" + file.displayPath, deadline: loadDeadline, context: context)
            if let fault = try await PluginFault.ofGlobals(in: file, state, deadline: loadDeadline) { throw fault }
            let generation = Generation(order, lease: lease, state: state, modules: modules, prelude: prelude)
            let value = values.first ?? .nil
            if file.key.kind.hasGenerations { try await generation.migrate(try PluginTable(value, of: file), order.memory) }
            return (generation, value)
        } catch let error as LuaError {
            throw PluginFault(error, in: file)
        } catch let error as PluginFault {
            throw error
        } catch {
            throw PluginFault(path: file.displayPath, line: nil, cause: "\(error)")
        }
    }

    // MARK: Calls

    /// Values as plugins see them. Empty lists among arguments need no mark, since the plugin has declared what they are.
    func mapping(marksEmptyLists: Bool) -> ValueMapping { ValueMapping(null: prelude.null, marksEmptyLists: marksEmptyLists) }

    /// Calls a function of this generation. The time that a human is waited for does not count.
    func call(
        _ function: LuaFunction, _ functions: [LuaFunction], _ arguments: [JSON], marksEmptyLists: Bool = true,
        deadline: Duration = .seconds(86_400), context: CallContext
    ) async throws(LuaFault) -> [JSON] {
        begin()
        defer { end() }
        let mapping = mapping(marksEmptyLists: marksEmptyLists)
        do throws(LuaError) {
            let values = functions.map { LuaValue.function($0) } + arguments.map(mapping.lua)
            let results = try await state.call(function, values, deadline: deadline, context: context)
            var converted: [JSON] = []
            for result in results {
                do throws(ValueMapping.Fault) {
                    converted.append(try mapping.json(result))
                } catch {
                    throw LuaError(.value, "\(file.displayPath): its result is no plain data: \(error.reason)")
                }
            }
            return converted
        } catch {
            throw LuaFault(context.original(of: error))
        }
    }

    /// The first value of a call made for somebody, with its failure in words. What ended the call from outside is what it fails with.
    func value(
        of function: LuaFunction, _ arguments: [JSON], deadline: Duration, phase: Phase, host: ToolHost? = nil
    ) async throws(ToolError) -> JSON {
        let context = CallContext(
            phase: phase, plugin: file.key.name, ports: ports, toolHost: host, lasting: phase == .service ? lasting : nil,
            runner: { [state] (function, context) throws(LuaError) in
                try await state.call(function, [], deadline: .seconds(86_400), context: context)
            })
        do throws(LuaFault) {
            let values = try await call(function, [], arguments, marksEmptyLists: false, deadline: deadline, context: context)
            await context.handles.endAll()
            return values.first ?? .null
        } catch {
            await context.handles.endAll()
            if let ending = context.ending as? ToolError, error.text.hasSuffix(ending.message) { throw ending }
            throw ToolError(error, plugin: file.key, deadline: deadline)
        }
    }

    private func begin() {
        tally.begin()
        life.withLock { $0.running += 1 }
    }

    private func end() {
        tally.end()
        let grace = life.withLock { life -> Task<Void, Never>? in
            life.running -= 1
            return life.running == 0 ? life.grace.take() : nil
        }
        grace?.cancel()
    }

    // MARK: Life

    /// It was replaced. Calls that run may end within the grace period.
    func retire() {
        let clock = ports.clock
        life.withLock { life in
            life.isRetired = true
            guard life.running > 0 else { return }
            life.grace = Task { [state] in
                guard (try? await clock.sleep(for: Self.grace)) != nil else { return }
                await state.close()
            }
        }
    }

    var isRetired: Bool { life.withLock { $0.isRetired } }
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
