import LoomKernel
import LoomLua
import LoomSystem

/// One function of `loom`: from this row come the function, the check of its arguments, and its documentation.
package struct APIFunction: Sendable {
    package struct Argument: Sendable {
        package let name: String
        /// Nil: any value.
        package let parameter: Parameter?
    }

    enum Body: Sendable {
        /// Answers at once; may be called where Lua cannot suspend.
        case immediate(@Sendable (APICall) throws(APIFault) -> APIResult)
        /// Suspends the calling coroutine until it is done.
        case suspending(@Sendable (APICall) async throws(APIFault) -> APIResult)
        /// Suspends too, and takes and gives Lua's own values: for what is given functions.
        case raw(@Sendable (CallContext, LuaCall, [LuaValue]) async throws(APIFault) -> [LuaValue])
        /// Written in Lua, in the prelude of every state.
        case prelude
    }

    /// Without `loom.`, such as `fs.read`; of a method the class and its name, such as `Process:read`.
    package let name: String
    package let arguments: [Argument]
    /// LuaCATS types of the results.
    package let returns: String
    package let text: String
    package let phases: Set<Phase>
    let body: Body
    /// Whether null and empty lists in the result are told from nil and empty tables: for data that may go out as JSON again.
    var keepsJSON = false

    /// The table it is in, such as `loom.fs`, `loom` or `Process`, and its key there.
    var place: (table: String, key: String) {
        guard let mark = name.firstIndex(where: { $0 == ":" || $0 == "." }) else { return ("loom", name) }
        return ((isMethod ? "" : "loom.") + name[..<mark], String(name[name.index(after: mark)...]))
    }

    /// As a plugin writes it.
    package var fullName: String { isMethod ? name : "loom.\(name)" }
    /// Whether it is called on a handle that another function gave.
    package var isMethod: Bool { name.contains(":") }

    /// Everywhere Lua code runs.
    static let everywhere = Set(Phase.allCases)
    /// While something is being done for somebody.
    static let working: Set<Phase> = acting.union([.provider])
    /// Where somebody's rights count: there is a host that asks the permission engine.
    static let acting: Set<Phase> = [.tool, .hook, .command, .service]
}

/// What a call of `loom` gives back.
enum APIResult: Sendable {
    case nothing
    case value(JSON)
    case values([JSON])
    /// A table of this class, with these fields besides its number.
    case handle(any OpenHandle.Type, Int64, [String: JSON])
    /// `nil, err`: what a caller may well meet.
    case refused(APIRefusal)
}

/// The `err` of `nil, err`.
struct APIRefusal: Sendable, Hashable {
    let code: String
    let message: String
    let hint: String?

    static func stale(_ kind: String) -> APIRefusal {
        APIRefusal(
            code: "stale", message: "stale: this \(kind) has ended, or its call has.",
            hint: "Open another one in the call that uses it.")
    }

    /// The answer that the prelude makes `nil, err` of.
    var lua: [LuaValue] {
        var table: LuaTable = ["code": .string(code), "message": .string(message)]
        if let hint { table["hint"] = .string(hint) }
        return [false, .table(table)]
    }
}

/// Raised in the Lua code: a mistake of the program, or an end of the call that is not the program's to handle.
enum APIFault: Error, Sendable {
    case mistake(String)
    /// The running tool call ends with this error.
    case ended(ToolError)
}
