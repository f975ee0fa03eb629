import Glibc

extension LiveFileSystem {
    /// The new content goes to a temporary file beside the target, which is then renamed over it.
    ///
    /// A symbolic link is followed, not replaced; the file keeps its permissions and, where we may, its owner. Other hard
    /// links to it keep the old content.
    package func write(_ bytes: [UInt8], to path: String, options: WriteOptions) throws(FileError) {
        let target = try realPath(path)
        let existing = try existing(target, path)
        let directory = FilePath.parent(of: target)
        if existing == nil, options.createsParents { try makeDirectory(directory, withParents: true) }
        let temporary = FilePath.join(directory, ".loomkin-\(Hash.token(bytes: 9))")
        do throws(FileError) {
            try writeTemporary(bytes, to: temporary, existing: existing, options: options)
            guard Glibc.rename(temporary, target) == 0 else { throw FileError(errno: errno, path: path) }
        } catch {
            unlink(temporary)
            // The temporary name means nothing to whoever reads the error.
            throw FileError(error.reason, path: path)
        }
        if options.isDurable {
            // The rename itself is only on the disk when its directory is.
            try Descriptor(directory, O_RDONLY | O_DIRECTORY).synchronize()
        }
    }

    package func create(_ path: String, mode: UInt32) throws(FileError) {
        do throws(FileError) {
            var file = try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.close()
        } catch {
            guard error.reason == .alreadyExists else { throw error }
        }
    }

    private func existing(_ target: String, _ path: String) throws(FileError) -> stat? {
        var status = stat()
        guard lstat(target, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw FileError(errno: errno, path: path)
        }
        switch FileStatus(status).kind {
        case .file: return status
        case .directory: throw FileError(.isDirectory, path: path)
        case .symlink, .other: throw FileError(.notRegularFile, path: path)
        }
    }

    private func writeTemporary(_ bytes: [UInt8], to path: String, existing: stat?, options: WriteOptions) throws(FileError) {
        // Closed to others until the final permissions are known, which may be narrower than the umask's.
        let isPlain = existing == nil && options.mode == nil
        var file = try Descriptor(path, O_WRONLY | O_CREAT | O_EXCL, mode: isPlain ? 0o666 : 0o600)
        if let existing {
            // Only root may give a file away; for others it becomes theirs, as with any editor.
            _ = fchown(file.number, existing.st_uid, existing.st_gid)
        }
        if let mode = existing.map({ $0.st_mode & 0o7777 }) ?? options.mode { try file.setMode(mode) }
        try file.writeAll(bytes)
        if options.isDurable { try file.synchronize() }
        try file.close()
    }
}
