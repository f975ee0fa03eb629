internal import CLuaHost
import Synchronization

/// A serial executor with a thread of its own, so that a state stuck in C holds up nobody else. The thread starts when there is
/// work and ends after some idle time: idle states cost none.
final class LuaExecutor: SerialExecutor {
    private enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Queue {
        var work: [Work] = []
        var hasThread = false
        var isWaiting = false
        /// Which thread runs the work; 0 for none.
        var thread: UInt = 0
        var onEnd: (@Sendable () -> Void)?
    }

    private let queue = Mutex(Queue())
    private let idleNanoseconds: Int64
    // Its C functions lock a mutex of their own, and it is freed with this object. Without one, each wait ends the thread.
    nonisolated(unsafe) private let parker = loom_lua_parker_new()

    init(idle: Duration) {
        idleNanoseconds = idle.wholeNanoseconds
    }

    deinit { loom_lua_parker_free(parker) }

    func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    /// Runs the closure after the work that waits now.
    func submit(_ closure: @escaping @Sendable () -> Void) { add(.closure(closure)) }

    func isIsolatingCurrentContext() -> Bool? {
        let token = UInt(loom_lua_thread_token())
        return queue.withLock { $0.thread == token }
    }

    var hasThread: Bool { queue.withLock { $0.hasThread } }

    /// Calls the closure once when there is no thread, or when the present one ends.
    func whenThreadEnds(_ body: @escaping @Sendable () -> Void) {
        let ended = queue.withLock { queue in
            if queue.hasThread { queue.onEnd = body }
            return !queue.hasThread
        }
        if ended { body() }
    }

    private func add(_ work: Work) {
        let (start, wake) = queue.withLock { queue in
            queue.work.append(work)
            defer { (queue.hasThread, queue.isWaiting) = (true, false) }
            return (!queue.hasThread, queue.isWaiting)
        }
        if start { startThread() }
        if wake { loom_lua_parker_wake(parker) }
    }

    private func startThread() {
        let retained = Unmanaged.passRetained(self)
        let failure = loom_lua_thread_start(
            { context in
                guard let context else { return }
                Unmanaged<LuaExecutor>.fromOpaque(context).takeRetainedValue().runUntilIdle()
            }, retained.toOpaque())
        guard failure != 0 else { return }
        // The system has no thread left: borrow one. Serial all the same, because `hasThread` is set.
        retained.release()
        Task.detached { self.runUntilIdle() }
    }

    private func runUntilIdle() {
        let token = UInt(loom_lua_thread_token())
        while true {
            let batch = queue.withLock { queue in
                queue.thread = token
                queue.isWaiting = queue.work.isEmpty
                defer { queue.work.removeAll() }
                return queue.work
            }
            for work in batch {
                switch work {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .closure(let closure): closure()
                }
            }
            guard batch.isEmpty else { continue }
            if let parker, loom_lua_parker_wait(parker, idleNanoseconds) != 0 { continue }
            let (ended, onEnd) = queue.withLock { queue -> (Bool, (@Sendable () -> Void)?) in
                guard queue.work.isEmpty else { return (false, nil) }
                let onEnd = queue.onEnd
                queue = Queue()
                return (true, onEnd)
            }
            onEnd?()
            if ended { return }
        }
    }
}
