/// A Swift function that Lua code calls. What it throws becomes a Lua error: a text, or a `LuaConvertibleError`'s value.
package enum LuaHostFunction: Sendable {
    /// Runs on the state's thread, in the middle of Lua code: short, and never waiting.
    case sync(@Sendable (LuaCall, [LuaValue]) throws -> [LuaValue])
    /// Suspends the Lua call, not the state. Looks like a plain call to Lua code, also inside pcall, metamethods and iterators.
    case async(@Sendable (LuaCall, [LuaValue]) async throws -> [LuaValue])

    var waits: Bool {
        if case .async = self { true } else { false }
    }
}

/// A function in a table that `LuaState.registerTables` gives.
package struct LuaTableMember: Sendable {
    let key: String
    /// As errors show it.
    let name: String
    let function: LuaHostFunction

    package init(key: String, name: String, function: LuaHostFunction) {
        self.key = key
        self.name = name
        self.function = function
    }
}

/// The call into Lua that a host function was called from.
package struct LuaCall: Sendable {
    /// What `run` or `call` was given.
    package let context: (any Sendable)?
    package let id: UInt64
    let signal: LuaCallSignal

    init(context: (any Sendable)?, id: UInt64, signal: LuaCallSignal) {
        self.context = context
        self.id = id
        self.signal = signal
    }

    /// A call without a Lua state, to try a host function directly.
    package init(context: (any Sendable)?, id: UInt64 = 0) {
        self.init(context: context, id: id, signal: LuaCallSignal(deadline: 0))
    }

    package var isCancelled: Bool { signal.isCancelled }

    /// Stops the clock of the deadline, for a wait on a human. Pauses nest; the end of the host function ends them all.
    package func pauseDeadline() { signal.pause() }
    package func resumeDeadline() { signal.resume() }

    /// Stops the clock for a wait that no host function of this call is in: one of a call that belongs to it.
    package func holdDeadline() { signal.hold() }
    package func releaseDeadline() { signal.release() }

    /// Ends the call as if its deadline had come.
    package func expire() { signal.expire() }
}
