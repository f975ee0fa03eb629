internal import CLuaHost

/// One call under way. Belongs to its state's actor.
final class LuaRunning {
    enum State {
        /// On the thread, or new.
        case running
        /// In the queue for the thread, with a reply for Lua code that waited for one.
        case ready(LuaReply?)
        /// Lua code waits for a host function.
        case waiting(Task<Void, Never>)
        case ended(Result<[LuaValue], LuaError>)
    }

    let call: LuaCall
    let task: OpaquePointer
    var state = State.running
    /// Tells the reply that is waited for from those that come too late.
    var ticket: UInt64 = 0
    var continuation: CheckedContinuation<Result<[LuaValue], LuaError>, Never>?

    init(call: LuaCall, task: OpaquePointer) {
        self.call = call
        self.task = task
    }

    /// The state keeps the coroutine until here.
    func end(_ result: Result<[LuaValue], LuaError>) {
        if case .ended = state { return }
        if case .waiting(let host) = state { host.cancel() }
        loom_lua_end(task)
        state = .ended(result)
        continuation?.resume(returning: result)
        continuation = nil
    }
}
