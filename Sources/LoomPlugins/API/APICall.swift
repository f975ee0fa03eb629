import LoomKernel
import LoomLua
import LoomSystem

/// One call of a function of `loom`: its checked arguments, and on whose behalf it is made.
struct APICall: Sendable {
    let function: String
    /// By argument name; what was left out is missing.
    let arguments: [String: JSON]
    let context: CallContext
    let lua: LuaCall
    /// Of the generation whose code calls.
    let lease: Lease
    /// Of the handle whose method this is; 0 for a function.
    var handle: Int64 = 0

    func text(_ name: String) -> String { arguments[name]?.stringValue ?? "" }
    func optionalText(_ name: String) -> String? { arguments[name]?.stringValue }
    func integer(_ name: String) -> Int? { arguments[name]?.intValue }
    func number(_ name: String) -> Double? { arguments[name]?.doubleValue }
    func flag(_ name: String) -> Bool { arguments[name]?.boolValue ?? false }
    /// Any value; nil for nil, and for null.
    func value(_ name: String) -> JSON? { arguments[name].flatMap { $0.isNull ? nil : $0 } }
    func table(_ name: String) -> JSON { arguments[name] ?? .object([:]) }

    /// A time to wait; nil when none was given.
    func seconds(_ name: String) throws(ToolError) -> Duration? {
        guard let seconds = number(name) else { return nil }
        guard (0...86_400).contains(seconds) else {
            throw ToolError("\(function) takes 0 to 86400 seconds as \(name), got \(seconds).", code: "invalid")
        }
        return .seconds(seconds)
    }

    /// What is open around the plugins. Where there is nothing, such as in a check, nothing can be looked at.
    var workspace: Workspace {
        get throws(APIFault) {
            guard let workspace = context.ports.world.workspace else { throw .mistake("\(function) needs an open session") }
            return workspace
        }
    }

    /// The host of whoever acts. The phases of a function see to it that there is one.
    var host: ToolHost {
        get throws(APIFault) {
            guard var host = context.toolHost else { throw .mistake("\(function) works for somebody who acts only") }
            let (lua, caller, starter) = (lua, host.humanWait, context.starter)
            host.humanWait = { waits in
                // A tool that called this one waits too.
                caller?(waits)
                if waits { lua.pauseDeadline() } else { lua.resumeDeadline() }
                // A task has no deadline but that of the call it belongs to.
                if waits { starter?.holdDeadline() } else { starter?.releaseDeadline() }
            }
            return host
        }
    }
}

extension APIFunction {
    func check(_ phase: Phase) throws(APIFault) {
        guard phases.contains(phase) else {
            throw .mistake("\(fullName) may not be called \(phase.description), only \(Phase.list(phases))")
        }
    }

    /// Checks the arguments by position, as Lua passes them; nil and what is missing are the same.
    func check(_ values: [JSON], context: CallContext, lua: LuaCall, lease: Lease) throws(APIFault) -> APICall {
        try check(context.phase)
        guard values.count <= arguments.count || arguments.last?.name == "..." else {
            throw .mistake("\(fullName) takes \(arguments.count) argument\(arguments.count == 1 ? "" : "s"), got \(values.count)")
        }
        var checked: [String: JSON] = [:]
        for (index, argument) in arguments.enumerated() {
            let value = values.indices.contains(index) ? values[index] : .null
            guard let parameter = argument.parameter else {
                checked[argument.name] = value
                continue
            }
            if value.isNull {
                guard !parameter.isRequired else {
                    throw .mistake("\(fullName): argument \"\(argument.name)\" must be \(parameter.luaType), got nil")
                }
                continue
            }
            do {
                checked[argument.name] = try parameter.coerce(value, at: argument.name)
            } catch {
                throw .mistake("\(fullName): \(error.reason)")
            }
        }
        return APICall(function: fullName, arguments: checked, context: context, lua: lua, lease: lease)
    }
}
