import Glibc

final class LiveOpenFile: OpenFile {
    private let path: String
    private let descriptor: Descriptor

    init(_ path: String) throws(FileError) {
        self.path = path
        // Non-blocking, since opening a FIFO would otherwise wait for a writer for ever.
        descriptor = try Descriptor(path, O_RDONLY | O_NONBLOCK)
        switch descriptor.status?.kind {
        case .file: break
        case .directory: throw FileError(.isDirectory, path: path)
        default: throw FileError(.notRegularFile, path: path)
        }
    }

    var status: FileStatus {
        get throws(FileError) {
            guard let status = descriptor.status else { throw FileError(errno: errno, path: path) }
            return status
        }
    }

    func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        guard offset >= 0, count > 0 else { return [] }
        // The caller's count may be far beyond the end: memory is only taken for what can be there.
        let size = try status.size
        let room = size > offset ? min(count, size - offset) : min(count, 1 << 16)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
            while filled < room {
                let read = pread(descriptor.number, buffer.baseAddress?.advanced(by: filled), room - filled, off_t(offset + filled))
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = errno }
                if read <= 0 { return }
                filled += read
            }
        }
        if failure != 0 { throw FileError(errno: failure, path: path) }
        return bytes
    }
}
