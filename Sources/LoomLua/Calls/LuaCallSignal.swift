internal import CLuaHost
import Synchronization

/// What may change about a call while it runs, from any thread: its cancellation and its deadline.
final class LuaCallSignal: Sendable {
    fileprivate struct Clock {
        /// Monotonic nanoseconds; 0 is never.
        var deadline: Int64
        /// Of the host function that runs.
        var pauses = 0
        /// Of others, such as calls that belong to this one.
        var holds = 0
        var left: Int64 = 0
        var stands: Bool { pauses + holds > 0 }
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
    var deadline: Int64 { runningDeadline ?? 0 }

    /// Nil while its clock stands; 0 when there is none.
    var runningDeadline: Int64? { clock.withLock { $0.stands ? nil : $0.deadline } }

    /// For one stretch of Lua code. What cannot yield runs on while the clock stands, and is not given more than was left; what can
    /// yield does so long before.
    var stretchDeadline: Int64 {
        clock.withLock { $0.stands && $0.deadline != 0 ? loom_lua_now() + max($0.left, Self.shortestStretch) : $0.deadline }
    }

    private static let shortestStretch: Int64 = 20_000_000

    /// Whether the call has to end. A deadline that has come is kept: its clock may stand by the time that Lua code looks.
    func settlesDue(at now: Int64) -> Bool {
        let deadline = deadline
        if deadline != 0, now >= deadline { loom_lua_flag_set(flag, Int32(LOOM_LUA_DEADLINE)) }
        return loom_lua_flag_get(flag) != 0
    }

    func whenChanged(_ body: @escaping @Sendable () -> Void) {
        onChange.withLock { $0 = body }
    }

    func pause() { clock.withLock { $0.stop(\.pauses) } }

    func resume() {
        let runs = clock.withLock { $0.start(\.pauses) }
        if runs { onChange.withLock { $0 }?() }
    }

    func endPauses() {
        _ = clock.withLock { $0.start(\.pauses, all: true) }
    }

    /// Like a pause, but the end of a host function does not end it.
    func hold() { clock.withLock { $0.stop(\.holds) } }

    func release() {
        let runs = clock.withLock { $0.start(\.holds) }
        if runs { onChange.withLock { $0 }?() }
    }
}

extension LuaCallSignal.Clock {
    fileprivate mutating func stop(_ reason: WritableKeyPath<Self, Int>) {
        if !stands { left = max(deadline - loom_lua_now(), 0) }
        self[keyPath: reason] += 1
    }

    /// True when the clock runs again.
    fileprivate mutating func start(_ reason: WritableKeyPath<Self, Int>, all: Bool = false) -> Bool {
        guard self[keyPath: reason] > 0 else { return false }
        self[keyPath: reason] -= all ? self[keyPath: reason] : 1
        guard !stands else { return false }
        if deadline != 0 { deadline = loom_lua_now() + left }
        return true
    }
}
