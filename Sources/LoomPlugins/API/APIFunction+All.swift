import LoomKernel
import LoomSystem

extension APIFunction {
    /// Every function of `loom`. What is not here does not exist: functions, checks and documentation all come from it.
    package static let all: [APIFunction] =
        values + memory + files + repository + processes + network + models + tasks + team + permissions + signals + plugins + skills
        + authoring + html + tools

    /// Every method of what these functions hand out.
    package static let methods: [APIFunction] = processMethods + taskMethods + signalMethods

    /// Methods that only the prelude calls.
    static let innerMethods: [APIFunction] = networkMethods + modelMethods

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

    /// A function of the host of whoever acts.
    static func ofHost(
        _ name: String, _ arguments: [(String, Parameter?)] = [], returns: String, text: String,
        _ work: @escaping @Sendable (ToolHost, APICall) async throws(ToolError) -> JSON
    ) -> APIFunction {
        APIFunction(
            name, arguments, returns: returns, phases: acting, text: text,
            body: .suspending { (call) throws(APIFault) in
                let host = try call.host
                return try await answer { () throws(ToolError) in .value(try await work(host, call)) }
            })
    }

    /// A function that opens something, which ends with the call; with `lasts`, in a service, with the service's generation.
    static func opening<Handle: OpenHandle>(
        _ name: String, _ arguments: [(String, Parameter?)], lasts: Bool = false, returns: String? = nil, text: String,
        _ make: @escaping @Sendable (ToolHost, APICall) async throws(ToolError) -> Handle
    ) -> APIFunction {
        APIFunction(
            name, arguments, returns: returns ?? "loom.\(Handle.luaClass)?, loom.Error?", phases: acting, text: text,
            body: .suspending { (call) throws(APIFault) in
                let host = try call.host
                let owner = lasts ? call.context.lasting ?? call.context.handles : call.context.handles
                return try await answer { () throws(ToolError) in
                    let (number, handle) = try await owner.open { () throws(ToolError) in try await make(host, call) }
                    return .handle(Handle.self, number, handle.fields)
                }
            })
    }

    /// A method of what such a function gave. What has ended with its call is stale, and says so.
    static func method<Handle: OpenHandle>(
        of type: Handle.Type, _ name: String, _ arguments: [(String, Parameter?)] = [], returns: String, text: String,
        _ work: @escaping @Sendable (Handle, APICall) async throws(ToolError) -> JSON
    ) -> APIFunction {
        APIFunction(
            "\(type.luaClass):\(name)", arguments, returns: returns, phases: acting, text: text,
            body: .suspending { (call) throws(APIFault) in
                guard let handle = call.context.handle(call.handle) as? Handle else { return .refused(.stale(type.luaClass)) }
                return try await answer { () throws(ToolError) in .value(try await work(handle, call)) }
            })
    }

    /// What the host refuses to an agent comes back as `nil, err`; a denied or cancelled call ends, since no plugin is to talk
    /// its way around that.
    static func answer(_ work: () async throws(ToolError) -> APIResult) async throws(APIFault) -> APIResult {
        do throws(ToolError) {
            let result = try await work()
            if case .value(let value) = result, value.isNull { return .nothing }
            return result
        } catch {
            guard error.status == .error else { throw .ended(error) }
            return .refused(APIRefusal(code: error.code, message: error.message, hint: nil))
        }
    }
}
