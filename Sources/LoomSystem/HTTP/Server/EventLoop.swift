import CEvent
import Synchronization

/// A thread that runs libevent's loop. What belongs to the loop is touched on this thread alone: others hand it work.
final class EventLoop: Sendable {
    /// libevent allows `event_active` from any thread; of these pointers nothing else is used outside the loop's own.
    private struct Pointers: @unchecked Sendable {
        let base: OpaquePointer
        let waker: OpaquePointer
    }

    private struct State {
        var work: [@Sendable () -> Void] = []
        var isStopping = false
        var isOver = false
    }

    private static let isPrepared: Bool = {
        // Its warnings would go to the line that somebody is typing.
        event_set_log_callback { _, _ in }
        return evthread_use_pthreads() == 0
    }()

    private let pointers: Pointers
    private let state = Mutex(State())

    /// Nil when the system has no descriptors or memory for a loop.
    init?() {
        guard Self.isPrepared, let base = event_base_new() else { return nil }
        // Without a file and a time it happens only when somebody says so; what it does is to let the loop take a turn.
        guard let waker = event_new(base, -1, Int16(EV_PERSIST), { _, _, base in event_base_loopbreak(OpaquePointer(base)) }, .init(base))
        else {
            event_base_free(base)
            return nil
        }
        pointers = Pointers(base: base, waker: waker)
    }

    // Whoever holds the loop last has seen it end: its thread holds it while it runs.
    deinit {
        event_free(pointers.waker)
        event_base_free(pointers.base)
    }

    /// The loop as libevent's functions want it, on its own thread.
    var base: OpaquePointer { pointers.base }

    /// Runs until `stop`, on the thread of the caller.
    func run() {
        while true {
            let work = state.withLock { state in
                defer { state.work = [] }
                return state.work
            }
            for item in work { item() }
            let (isOver, isStopping) = state.withLock { state in
                state.isOver = state.isStopping && state.work.isEmpty
                return (state.isOver, state.isStopping)
            }
            if isOver { return }
            // Work that came meanwhile is done, but no event happens any more: what it would happen to may be gone.
            if isStopping { continue }
            event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY)
        }
    }

    /// Hands work to the thread. What comes after the end is done at once, by the caller: there is nobody left to disturb.
    func perform(_ work: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if state.isOver { return true }
            state.work.append(work)
            if state.work.count == 1 { event_active(pointers.waker, 0, 0) }
            return false
        }
        if isOver { work() }
    }

    /// The loop ends when the work that it was given is done. For its own thread: as a piece of such work.
    func stop() { state.withLock { $0.isStopping = true } }
}
