/// What one Lua state may take.
package struct LuaLimits: Sendable, Equatable {
    /// Cap of the Lua heap. Over it, Lua code gets "not enough memory", which it may catch.
    package var memoryBytes = 64 << 20
    /// Cap of the values of one call that cross between Swift and Lua.
    package var messageBytes = 16 << 20
    /// Cap of one chunk of source.
    package var sourceBytes = 4 << 20
    /// How long a coroutine runs before the host takes the thread back and lets others run.
    package var quantum = Duration.milliseconds(1)
    /// How long Lua code that caught a deadline or a cancellation may clean up before every instruction raises.
    package var grace = Duration.milliseconds(20)
    /// How long the state's thread waits for work before it ends.
    package var threadIdle = Duration.seconds(5)

    package init() {}
}

extension Duration {
    /// Saturates at a hundred years, so that sums of moments cannot overflow.
    var wholeNanoseconds: Int64 {
        let century: Int64 = 100 * 365 * 86_400
        let (seconds, attoseconds) = components
        guard seconds < century else { return century * 1_000_000_000 }
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
