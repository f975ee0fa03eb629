import LoomKernel
import LoomLua
import LoomSystem

extension Generation {
    /// Calls a function of this generation. The time that a human is waited for does not count.
    func call(
        _ function: LuaFunction, _ functions: [LuaFunction], _ arguments: [JSON], marksEmptyLists: Bool = true,
        deadline: Duration = .seconds(86_400), context: CallContext
    ) async throws(LuaFault) -> [JSON] {
        if let refusal = faults.refusal(of: file.key) { throw LuaFault(refusal: refusal) }
        begin()
        defer { end() }
        if context.phase != .migration { await takeOver() }
        do throws(LuaError) {
            return try await results(
                of: function, functions, arguments, marksEmptyLists: marksEmptyLists,
                deadline: min(deadline, .bounded(seconds: limits.seconds)),
                context: context)
        } catch {
            let fault = LuaFault(context.original(of: error))
            // What ended the call from outside is nobody's fault here: a refusal, a server that does not answer.
            if fault.isOfTheCode, context.ending == nil { note(fault, in: context.phase) }
            throw fault
        }
    }

    private func results(
        of function: LuaFunction, _ functions: [LuaFunction], _ arguments: [JSON], marksEmptyLists: Bool, deadline: Duration,
        context: CallContext
    ) async throws(LuaError) -> [JSON] {
        let code = try await code()
        // Empty lists among arguments need no mark, since the plugin has declared what they are.
        let mapping = ValueMapping(null: code.prelude.null, marksEmptyLists: marksEmptyLists)
        let values = functions.map { LuaValue.function(counterpart(of: $0, in: code)) } + arguments.map(mapping.lua)
        let results = try await code.state.call(
            counterpart(of: function, in: code), values, deadline: deadline, context: context)
        var converted: [JSON] = []
        var size = 0
        for result in results {
            do throws(ValueMapping.Fault) {
                converted.append(try mapping.json(result))
            } catch {
                throw LuaError(.value, "\(file.displayPath): its result is no plain data: \(error.reason)")
            }
            size += converted.last?.approximateSize ?? 0
        }
        guard size <= limits.outputKB << 10 else {
            throw LuaError(
                .value, "\(file.displayPath): its result has \(size >> 10) KB, and limits.output_kb allows \(limits.outputKB)")
        }
        return converted
    }

    /// The first value of a call made for somebody, with its failure in words. What ended the call from outside is what it fails with.
    func value(
        of function: LuaFunction, _ arguments: [JSON], deadline: Duration, phase: Phase, host: ToolHost? = nil
    ) async throws(ToolError) -> JSON {
        let context = CallContext(
            phase: phase, plugin: file.key.name, ports: ports, toolHost: host, handles: handles(),
            lasting: phase == .service ? lasting : nil,
            runner: { [weak self] (function, context) throws(LuaError) -> Void in
                guard let self else { throw LuaError.closed }
                try await code().state.call(function, [], deadline: .seconds(86_400), context: context)
            })
        do throws(LuaFault) {
            let values = try await call(function, [], arguments, marksEmptyLists: false, deadline: deadline, context: context)
            await context.handles.endAll()
            return values.first ?? .null
        } catch {
            await context.handles.endAll()
            if let ending = context.ending as? ToolError, error.text.hasSuffix(ending.message) { throw ending }
            throw ToolError(error, plugin: file.key, deadline: min(deadline, .bounded(seconds: limits.seconds)), grace: ports.grace)
        }
    }

    // MARK: Faults

    /// People get the traceback, once for faults that repeat themselves; after too many the plugin is not called any more.
    private func note(_ fault: LuaFault, in phase: Phase) {
        let outcome = faults.note(PluginFault(fault.error, in: file).description, at: ports.clock.uptime)
        // The kernel tells what goes wrong in a service or hook.
        if outcome != .repeated, phase != .service, phase != .hook { ports.log("error", file.key.name, fault.trace) }
        if outcome == .quarantined {
            ports.report(
                PluginReported(
                    plugin: file.key.name, kind: file.key.kind.rawValue, from: number, to: number, status: "quarantined",
                    error: faults.refusal(of: file.key), milliseconds: 0))
        }
    }
}

extension JSON {
    /// About as many bytes as its text has.
    fileprivate var approximateSize: Int {
        switch self {
        case .null, .bool: 4
        case .int, .number: 8
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.approximateSize + 1 }
        case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + $1.value.approximateSize + 4 }
        }
    }
}
