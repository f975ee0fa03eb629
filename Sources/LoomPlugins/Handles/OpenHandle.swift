import LoomSystem

/// Something a call has opened: a process, a task, a subscription. It does not outlive the call, or the generation of a service.
protocol OpenHandle: AnyObject, Sendable {
    /// The name of its class in Lua.
    static var luaClass: String { get }
    /// What Lua code sees of it besides its methods.
    var fields: [String: JSON] { get }
    /// Whether it has ended by itself, and what came of it was told: it may make room for another.
    var isOver: Bool { get }
    /// Ends it and returns when it is gone. Idempotent.
    func end() async
}

extension OpenHandle {
    var fields: [String: JSON] { [:] }
    var isOver: Bool { false }
}

enum HandleFields {
    /// The field by which the host finds what a handle in Lua stands for.
    static let number = "id"
}
