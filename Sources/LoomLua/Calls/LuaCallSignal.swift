internal import CLuaHost
import Synchronization

/// What may change about a call while it runs, from any thread: its cancellation and its deadline.
final class LuaCallSignal: Sendable {
    fileprivate struct Clock {
        /// Monotonic nanoseconds; 0 is never.
        var deadline: Int64
        var pauses = 0
        var left: Int64 = 0
    }

    // The word behind it is atomic, and it is freed with this object.
    nonisolated(unsafe) let flag: OpaquePointer?
    private let clock: Mutex<Clock>
    private let onChange: Mutex<(@Sendable () -> Void)?> = Mutex(nil)

    init(deadline: Int64) {
        flag = loom_lua_flag_new()
        clock = Mutex(Clock(deadline: deadline))
    }

    deinit { loom_lua_flag_free(flag) }

    func cancel() { loom_lua_flag_set(flag, Int32(LOOM_LUA_CANCELLED)) }
    var isCancelled: Bool { loom_lua_flag_get(flag) == LOOM_LUA_CANCELLED }

    /// Ends the call's time now.
    func expire() {
        loom_lua_flag_set(flag, Int32(LOOM_LUA_DEADLINE))
        onChange.withLock { $0 }?()
    }

    /// 0 when there is none or its clock stands.
    var deadline: Int64 { clock.withLock { $0.pauses > 0 ? 0 : $0.deadline } }

    func isDue(at now: Int64) -> Bool {
        let deadline = deadline
        return loom_lua_flag_get(flag) != 0 || (deadline != 0 && now >= deadline)
    }

    func whenChanged(_ body: @escaping @Sendable () -> Void) {
        onChange.withLock { $0 = body }
    }

    func pause() {
        let now = loom_lua_now()
        clock.withLock { clock in
            clock.pauses += 1
            if clock.pauses == 1 { clock.left = max(clock.deadline - now, 0) }
        }
    }

    func resume() {
        let runs = clock.withLock { $0.resume(all: false) }
        if runs { onChange.withLock { $0 }?() }
    }

    func endPauses() {
        _ = clock.withLock { $0.resume(all: true) }
    }
}

extension LuaCallSignal.Clock {
    /// True when the clock runs again.
    fileprivate mutating func resume(all: Bool) -> Bool {
        guard pauses > 0 else { return false }
        pauses = all ? 0 : pauses - 1
        guard pauses == 0 else { return false }
        if deadline != 0 { deadline = loom_lua_now() + left }
        return true
    }
}
