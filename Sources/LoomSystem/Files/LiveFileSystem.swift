import Glibc

/// The machine's files.
package struct LiveFileSystem: FileSystem {
    package init() {}

    package var currentDirectory: String {
        guard let directory = getcwd(nil, 0) else { return "/" }
        defer { free(directory) }
        return String(cString: directory)
    }

    package func open(_ path: String) throws(FileError) -> any OpenFile {
        try LiveOpenFile(path)
    }

    package func status(of path: String, followingSymlinks: Bool) throws(FileError) -> FileStatus {
        var status = stat()
        try check(path) { fstatat(AT_FDCWD, path, &status, followingSymlinks ? 0 : AT_SYMLINK_NOFOLLOW) }
        return FileStatus(status)
    }

    package func list(_ path: String) throws(FileError) -> [DirectoryEntry] {
        guard FilePath.isValid(path) else { throw FileError(.invalidPath, path: path) }
        guard let directory = opendir(path) else { throw FileError(errno: errno, path: path) }
        defer { closedir(directory) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw FileError(errno: errno, path: path) }
                break
            }
            guard let name = entry.name, name != ".", name != ".." else { continue }
            entries.append(DirectoryEntry(name: name, kind: entry.kind ?? kind(of: FilePath.join(path, name))))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    package func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        var file = try Descriptor(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o666)
        guard file.isRegular else { throw FileError(.notRegularFile, path: path) }
        try file.writeAll(bytes)
        try file.close()
    }

    package func makeDirectory(_ path: String, withParents: Bool) throws(FileError) {
        guard withParents else { return try check(path) { mkdir(path, 0o777) } }
        if isDirectory(path) { return }
        let parent = FilePath.parent(of: path)
        if parent != path, !isDirectory(parent) { try makeDirectory(parent, withParents: true) }
        do throws(FileError) {
            try check(path) { mkdir(path, 0o777) }
        } catch {
            // Somebody else may have made it meanwhile; that is what was asked for.
            guard error.reason == .alreadyExists else { throw error }
            guard isDirectory(path) else { throw FileError(.notDirectory, path: path) }
        }
    }

    package func remove(_ path: String, recursively: Bool) throws(FileError) {
        guard try status(of: path, followingSymlinks: false).kind == .directory else { return try check(path) { unlink(path) } }
        if recursively {
            for entry in try list(path) { try remove(FilePath.join(path, entry.name), recursively: true) }
        }
        try check(path) { rmdir(path) }
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        guard FilePath.isValid(newPath) else { throw FileError(.invalidPath, path: newPath) }
        try check(path) { Glibc.rename(path, newPath) }
    }

    package func target(ofSymlink path: String) throws(FileError) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        var length = 0
        try check(path) {
            length = readlink(path, &buffer, buffer.count)
            return length < 0 ? -1 : 0
        }
        return String(decoding: buffer[..<length].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    package func makeSymlink(_ path: String, to target: String) throws(FileError) {
        guard FilePath.isValid(target) else { throw FileError(.invalidPath, path: target) }
        try check(path) { symlink(target, path) }
    }

    package func setMode(_ mode: UInt32, of path: String) throws(FileError) {
        try check(path) { chmod(path, mode) }
    }

    private func kind(of path: String) -> FileKind {
        (try? status(of: path, followingSymlinks: false).kind) ?? .other
    }

    private func check(_ path: String, _ call: () -> Int32) throws(FileError) {
        guard FilePath.isValid(path) else { throw FileError(.invalidPath, path: path) }
        guard call() == 0 else { throw FileError(errno: errno, path: path) }
    }
}

extension UnsafeMutablePointer<dirent> {
    /// Nil when it is not UTF-8.
    fileprivate var name: String? {
        let start = UnsafeRawPointer(self).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
        return String(validatingCString: start.assumingMemoryBound(to: CChar.self))
    }

    /// Nil when the file system does not say.
    fileprivate var kind: FileKind? {
        switch Int(pointee.d_type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .symlink
        case Int(DT_UNKNOWN): nil
        default: .other
        }
    }
}
