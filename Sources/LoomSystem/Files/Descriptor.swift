import Glibc

/// An open file descriptor that closes itself.
struct Descriptor: ~Copyable {
    private(set) var number: Int32
    private let path: String

    init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileError) {
        guard FilePath.isValid(path) else { throw FileError(.invalidPath, path: path) }
        var number: Int32
        repeat { number = Glibc.open(path, flags | O_CLOEXEC, mode) } while number < 0 && errno == EINTR
        // ENXIO is how a FIFO without a reader answers O_WRONLY | O_NONBLOCK, and how a socket answers any open.
        if number < 0, errno == ENXIO { throw FileError(.notRegularFile, path: path) }
        guard number >= 0 else { throw FileError(errno: errno, path: path) }
        self.number = number
        self.path = path
    }

    deinit {
        if number >= 0 { Glibc.close(number) }
    }

    var status: FileStatus? {
        var status = stat()
        return fstat(number, &status) == 0 ? FileStatus(status) : nil
    }

    var isRegular: Bool { status?.kind == .file }

    func writeAll(_ bytes: [UInt8]) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(number, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileError(errno: count < 0 ? errno : EIO, path: path) }
            written += count
        }
    }

    func setMode(_ mode: mode_t) throws(FileError) {
        guard fchmod(number, mode) == 0 else { throw FileError(errno: errno, path: path) }
    }

    func synchronize() throws(FileError) {
        guard fsync(number) == 0 else { throw FileError(errno: errno, path: path) }
    }

    /// Closes with a check: some file systems report a full disk only here.
    mutating func close() throws(FileError) {
        let number = number
        self.number = -1
        guard Glibc.close(number) == 0 || errno == EINTR else { throw FileError(errno: errno, path: path) }
    }
}

extension FileError {
    init(errno code: Int32, path: String) {
        let reason: Reason =
            switch code {
            case ENOENT: .notFound
            case EEXIST: .alreadyExists
            case EACCES, EPERM: .permissionDenied
            case EISDIR: .isDirectory
            case ENOTDIR: .notDirectory
            case ENOTEMPTY: .notEmpty
            case ENOSPC, EDQUOT: .noSpace
            case EROFS: .readOnly
            case ELOOP: .tooManySymlinks
            case ENAMETOOLONG: .invalidPath
            default: .other(code: code, text: systemErrorText(code))
            }
        self.init(reason, path: path)
    }
}

/// The system's words for an `errno`, without the shared buffer of `strerror`.
package func systemErrorText(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(code, &buffer, buffer.count - 1) == 0 else { return "error \(code)" }
    return buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "error \(code)" }
}

extension FileStatus {
    init(_ status: stat) {
        let kind: FileKind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symlink
            default: .other
            }
        self.init(
            kind: kind,
            size: Int(status.st_size),
            modified: Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec)),
            mode: UInt32(status.st_mode & 0o7777),
            inode: UInt64(status.st_ino),
            device: UInt64(status.st_dev),
            owner: status.st_uid
        )
    }
}
