import CSpawn
import Glibc

/// A thread for work that waits in the kernel and so must not sit on the cooperative pool.
package enum DedicatedThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Starts a thread that runs the body once; false when the system has no thread to give.
    ///
    /// The thread takes no signals. Writing to a closed pipe there gives `EPIPE` instead of killing the process.
    package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        var everything = sigset_t()
        var before = sigset_t()
        sigfillset(&everything)
        // Blocked here already, since a thread inherits the mask and there must be no gap.
        pthread_sigmask(SIG_SETMASK, &everything, &before)
        let context = Unmanaged.passRetained(Body(run: body))
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
