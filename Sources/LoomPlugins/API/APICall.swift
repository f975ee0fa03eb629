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

    func text(_ name: String) -> String { arguments[name]?.stringValue ?? "" }
    func optionalText(_ name: String) -> String? { arguments[name]?.stringValue }
    func integer(_ name: String) -> Int? { arguments[name]?.intValue }
    func flag(_ name: String) -> Bool { arguments[name]?.boolValue ?? false }
    /// Any value; nil for nil, and for null.
    func value(_ name: String) -> JSON? { arguments[name].flatMap { $0.isNull ? nil : $0 } }
    func table(_ name: String) -> JSON { arguments[name] ?? .object([:]) }

    /// What is open around the plugins. Where there is nothing, such as in a check, nothing can be looked at.
    var workspace: Workspace {
        get throws(APIFault) {
            guard let workspace = context.ports.world.workspace else { throw .mistake("loom.\(function) needs an open session") }
            return workspace
        }
    }

    /// The host of whoever acts. The phases of a function see to it that there is one.
    var host: ToolHost {
        get throws(APIFault) {
            guard var host = context.toolHost else { throw .mistake("loom.\(function) works for somebody who acts only") }
            let (lua, caller) = (lua, host.humanWait)
            host.humanWait = { waits in
                // A tool that called this one waits too.
                caller?(waits)
                if waits { lua.pauseDeadline() } else { lua.resumeDeadline() }
            }
            return host
        }
    }
}

extension APIFunction {
    /// Checks the arguments by position, as Lua passes them; nil and what is missing are the same.
    func check(_ values: [JSON], context: CallContext, lua: LuaCall, lease: Lease) throws(APIFault) -> APICall {
        guard phases.contains(context.phase) else {
            throw .mistake("loom.\(name) may not be called \(context.phase.description), only \(Phase.list(phases))")
        }
        guard values.count <= arguments.count else {
            throw .mistake("loom.\(name) takes \(arguments.count) argument\(arguments.count == 1 ? "" : "s"), got \(values.count)")
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
                    throw .mistake("loom.\(name): argument \"\(argument.name)\" must be \(parameter.luaType), got nil")
                }
                continue
            }
            do {
                checked[argument.name] = try parameter.coerce(value, at: argument.name)
            } catch {
                throw .mistake("loom.\(name): \(error.reason)")
            }
        }
        return APICall(function: name, arguments: checked, context: context, lua: lua, lease: lease)
    }
}
