import Glibc

/// Keeps two kernels from running the same session. The lock is the file descriptor's: it falls when the process dies.
final class SessionLock: Sendable {
    private let descriptor: Int32

    /// Nil when another process holds it. A folder that cannot hold a lock file has no other kernel's session either.
    init?(path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            Glibc.close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { if self.descriptor >= 0 { Glibc.close(self.descriptor) } }
}
