import LoomKernel
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
        /// Written in Lua, in the prelude of every state.
        case prelude
    }

    /// Without `loom.`, such as `fs.read`.
    package let name: String
    package let arguments: [Argument]
    /// LuaCATS types of the results.
    package let returns: String
    package let text: String
    package let phases: Set<Phase>
    let body: Body
    /// Whether null and empty lists in the result are told from nil and empty tables: for data that may go out as JSON again.
    var keepsJSON = false

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
    /// `nil, err`: what a caller may well meet.
    case refused(APIRefusal)
}

/// The `err` of `nil, err`.
struct APIRefusal: Sendable, Hashable {
    let code: String
    let message: String
    let hint: String?
}

/// Raised in the Lua code: a mistake of the program, or an end of the call that is not the program's to handle.
enum APIFault: Error, Sendable {
    case mistake(String)
    /// The running tool call ends with this error.
    case ended(ToolError)
}
