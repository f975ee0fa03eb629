/// The files of the machine.
///
/// All calls are synchronous and block for as long as the disk takes: right for the small files of a project. Work that
/// walks through large files or many of them belongs on a thread or task of its own.
///
/// Paths are absolute, or relative to `currentDirectory`. Bytes of a file name that are not UTF-8 are not supported:
/// such entries are missing from listings.
package protocol FileSystem: Sendable {
    /// An absolute path.
    var currentDirectory: String { get }

    /// Opens a regular file for reading; what is read later comes from this very file, also when it is replaced meanwhile.
    func open(_ path: String) throws(FileError) -> any OpenFile

    func status(of path: String, followingSymlinks: Bool) throws(FileError) -> FileStatus

    /// The entries without `.` and `..`, sorted by the bytes of their names.
    func list(_ path: String) throws(FileError) -> [DirectoryEntry]

    /// Makes the content of the file exactly these bytes, atomically: a reader sees the old or the new content, a crash
    /// leaves one of them.
    func write(_ bytes: [UInt8], to path: String, options: WriteOptions) throws(FileError)

    /// Creates an empty file, unless something is there: of several who do it at once nobody takes the other's away.
    func create(_ path: String, mode: UInt32) throws(FileError)

    /// Adds to the end of the file, which is created when missing.
    func append(_ bytes: [UInt8], to path: String) throws(FileError)

    /// Creates a directory; with parents it is no error when it exists already.
    func makeDirectory(_ path: String, withParents: Bool) throws(FileError)

    /// Removes a file, a symbolic link (never its target), or a directory, which must be empty unless `recursively`.
    func remove(_ path: String, recursively: Bool) throws(FileError)

    /// Renames, and replaces a file of the new name.
    func rename(_ path: String, to newPath: String) throws(FileError)

    /// What a symbolic link says, as it stands there.
    func target(ofSymlink path: String) throws(FileError) -> String

    func makeSymlink(_ path: String, to target: String) throws(FileError)

    func setMode(_ mode: UInt32, of path: String) throws(FileError)
}

package struct WriteOptions: Sendable, Hashable {
    /// Creates missing directories above the file.
    package var createsParents: Bool
    /// Waits until the content is on the disk, so that it survives a power cut; costs milliseconds.
    package var isDurable: Bool
    /// The permission bits of a new file; nil leaves them to the process's umask. An existing file keeps its own.
    package var mode: UInt32?

    package init(createsParents: Bool = false, isDurable: Bool = false, mode: UInt32? = nil) {
        self.createsParents = createsParents
        self.isDurable = isDurable
        self.mode = mode
    }
}

/// A regular file that is open for reading. It is closed when the last reference to it goes.
package protocol OpenFile: AnyObject, Sendable {
    var status: FileStatus { get throws(FileError) }

    /// Up to `count` bytes from the offset on; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(FileError) -> [UInt8]
}

extension FileSystem {
    /// The whole content, refused with `tooLarge` when it is longer than `limit`.
    package func read(_ path: String, limit: Int = 16 << 20) throws(FileError) -> [UInt8] {
        let file = try open(path)
        let size = try file.status.size
        guard size <= limit else { throw FileError(.tooLarge(limit: limit), path: path) }
        // The stated size is only a hint: files of /proc say 0, and a log may be growing.
        var bytes = try file.read(at: 0, count: min(limit, max(size, 4096)) + 1)
        while bytes.count > size, bytes.count <= limit {
            let more = try file.read(at: bytes.count, count: min(limit + 1 - bytes.count, 1 << 20))
            if more.isEmpty { break }
            bytes += more
        }
        guard bytes.count <= limit else { throw FileError(.tooLarge(limit: limit), path: path) }
        return bytes
    }

    /// The part of the file that lies in the range, which may reach past the end.
    package func read(_ path: String, range: Range<Int>) throws(FileError) -> [UInt8] {
        try open(path).read(at: range.lowerBound, count: range.count)
    }

    package func status(of path: String) throws(FileError) -> FileStatus {
        try status(of: path, followingSymlinks: true)
    }

    /// Whether something is there; a symbolic link that leads nowhere counts as nothing.
    package func exists(_ path: String) -> Bool {
        (try? status(of: path, followingSymlinks: true)) != nil
    }

    package func isDirectory(_ path: String) -> Bool {
        (try? status(of: path, followingSymlinks: true))?.kind == .directory
    }

    package func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try write(bytes, to: path, options: WriteOptions())
    }

    package func write(_ text: String, to path: String, options: WriteOptions = WriteOptions()) throws(FileError) {
        try write(Array(text.utf8), to: path, options: options)
    }

    package func makeDirectory(_ path: String) throws(FileError) {
        try makeDirectory(path, withParents: true)
    }

    package func remove(_ path: String) throws(FileError) {
        try remove(path, recursively: false)
    }
}
