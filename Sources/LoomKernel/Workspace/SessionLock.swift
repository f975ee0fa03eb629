import LoomSystem

/// Keeps two kernels from running the same session.
final class SessionLock: Sendable {
    private let lock: FileLock?

    /// Nil when another process holds it. A folder that cannot hold a lock file has no other kernel's session either.
    init?(path: String) {
        do throws(FileError) {
            guard let lock = try FileLock.take(path) else { return nil }
            self.lock = lock
        } catch {
            self.lock = nil
        }
    }
}
