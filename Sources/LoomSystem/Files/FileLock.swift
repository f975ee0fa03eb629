import Glibc

/// A lock between processes. It is the file descriptor's: it falls when the process dies.
package final class FileLock: Sendable {
    private let descriptor: Int32

    /// Nil when another one holds it, of this process or any other.
    package static func take(_ path: String) throws(FileError) -> FileLock? {
        guard FilePath.isValid(path) else { throw FileError(.invalidPath, path: path) }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(errno: errno, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw FileError(errno: code, path: path)
        }
        return FileLock(descriptor)
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Closing alone would leave it to a child of this process that has its copy of the descriptor still, between its fork and its exec.
    deinit {
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
    }
}
