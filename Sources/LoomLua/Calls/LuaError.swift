/// Why a call into Lua failed.
package struct LuaError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// The source does not compile.
        case syntax
        /// Lua code raised it.
        case runtime
        /// The state reached its memory limit; it goes on working.
        case memory
        case deadline
        case cancelled
        /// A host function raised it and Lua code did not catch it.
        case host
        /// The state is closed.
        case closed
        /// A value cannot cross between Swift and Lua.
        case value
    }

    package var kind: Kind
    /// Begins with `chunk:line:` where Lua knows the place.
    package var message: String
    /// Lua's stack where the error was raised.
    package var traceback: String?
    /// The error object, when it is not a text.
    package var value: LuaValue?

    package init(_ kind: Kind, _ message: String, traceback: String? = nil, value: LuaValue? = nil) {
        self.kind = kind
        self.message = message
        self.traceback = traceback
        self.value = value
    }

    package var description: String { message }

    package static let closed = LuaError(.closed, "the Lua state is closed")
    static let cancelled = LuaError(.cancelled, "cancelled")
    static let outOfMemory = LuaError(.memory, "not enough memory")
}

/// An error that Lua code sees as a value of its own choice (usually a table) instead of a text.
package protocol LuaConvertibleError: Error {
    var luaValue: LuaValue { get }
}
