import LoomKernel
import LoomSystem

extension APIFunction {
    /// Every function of `loom`. What is not here does not exist: functions, checks and documentation all come from it.
    package static let all: [APIFunction] =
        values + memory + files + repository + processes + team + signals + skills + authoring + html + tools

    init(
        _ name: String, _ arguments: [(String, Parameter?)] = [], returns: String = "", phases: Set<Phase>, text: String, body: Body
    ) {
        self.name = name
        self.arguments = arguments.map { Argument(name: $0.0, parameter: $0.1) }
        self.returns = returns
        self.phases = phases
        self.text = text
        self.body = body
    }

    var keepingJSON: APIFunction {
        var copy = self
        copy.keepsJSON = true
        return copy
    }

    /// A function of the host of whoever acts. What the host refuses to an agent comes back as `nil, err`; a denied or
    /// cancelled call ends, since no plugin is to talk its way around that.
    static func ofHost(
        _ name: String, _ arguments: [(String, Parameter?)] = [], returns: String, text: String,
        _ work: @escaping @Sendable (ToolHost, APICall) async throws(ToolError) -> JSON
    ) -> APIFunction {
        APIFunction(
            name, arguments, returns: returns, phases: acting, text: text,
            body: .suspending { (call) throws(APIFault) in
                let host = try call.host
                do throws(ToolError) {
                    let value = try await work(host, call)
                    return value.isNull ? .nothing : .value(value)
                } catch {
                    guard error.status == .error else { throw .ended(error) }
                    return .refused(APIRefusal(code: error.code, message: error.message, hint: nil))
                }
            })
    }
}
