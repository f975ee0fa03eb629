import Synchronization

extension MemoryFileSystem {
    package func open(_ path: String) throws(FileError) -> any OpenFile {
        let node = try node(path).node
        switch node.content {
        case .file(let bytes): return MemoryOpenFile(bytes: bytes, status: node.status)
        case .directory: throw FileError(.isDirectory, path: path)
        case .symlink: throw FileError(.notFound, path: path)
        }
    }

    package func status(of path: String, followingSymlinks: Bool) throws(FileError) -> FileStatus {
        try node(path, followingLast: followingSymlinks).node.status
    }

    package func list(_ path: String) throws(FileError) -> [DirectoryEntry] {
        let (real, node) = try node(path)
        guard case .directory = node.content else { throw FileError(.notDirectory, path: path) }
        let children = state.withLock { state in
            state.nodes.compactMap { path, node -> DirectoryEntry? in
                guard path != "/", FilePath.parent(of: path) == real else { return nil }
                return DirectoryEntry(name: FilePath.name(of: path), kind: node.status.kind)
            }
        }
        return children.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    package func write(_ bytes: [UInt8], to path: String, options: WriteOptions) throws(FileError) {
        let target = try realPath(path)
        if options.createsParents { state.withLock { makeAncestors(of: target, in: &$0) } }
        let real = try resolve(path, followingLast: true)
        guard try holdsFile(real, path) else {
            return state.withLock { insert(.file(bytes), at: real, mode: options.mode ?? 0o644, in: &$0) }
        }
        touch(.file(bytes), at: real)
    }

    package func create(_ path: String, mode: UInt32) throws(FileError) {
        let real = try resolve(path, followingLast: false)
        guard state.withLock({ $0.nodes[real] }) == nil, try !holdsFile(real, path) else { return }
        state.withLock { insert(.file([]), at: real, mode: mode, in: &$0) }
    }

    package func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        let real = try resolve(path, followingLast: true)
        guard try holdsFile(real, path) else { return state.withLock { insert(.file(bytes), at: real, in: &$0) } }
        try touch(.file(read(real, limit: .max) + bytes), at: real)
    }

    /// Whether a file is at this real path; throws when something else is, or when the path has no directory.
    private func holdsFile(_ real: String, _ path: String) throws(FileError) -> Bool {
        let (content, parent) = state.withLock { ($0.nodes[real]?.content, $0.nodes[FilePath.parent(of: real)]?.content) }
        switch content {
        case .file: return true
        case .directory: throw FileError(.isDirectory, path: path)
        case .symlink, nil: break
        }
        guard case .directory = parent else { throw FileError(parent == nil ? .notFound : .notDirectory, path: path) }
        return false
    }

    package func makeDirectory(_ path: String, withParents: Bool) throws(FileError) {
        let target = try realPath(path)
        if withParents { state.withLock { makeAncestors(of: target, in: &$0) } }
        let real = try resolve(path, followingLast: true)
        let existing = state.withLock { $0.nodes[real]?.content }
        switch existing {
        case .directory: if !withParents { throw FileError(.alreadyExists, path: path) }
        case .file, .symlink: throw FileError(withParents ? .notDirectory : .alreadyExists, path: path)
        case nil:
            _ = try node(FilePath.parent(of: real))
            state.withLock { insert(.directory, at: real, mode: 0o755, in: &$0) }
        }
    }

    package func remove(_ path: String, recursively: Bool) throws(FileError) {
        let (real, node) = try node(path, followingLast: false)
        if case .directory = node.content {
            let children = try list(real)
            guard recursively || children.isEmpty else { throw FileError(.notEmpty, path: path) }
            for child in children { try remove(FilePath.join(real, child.name), recursively: true) }
        }
        state.withLock { $0.nodes[real] = nil }
    }

    package func rename(_ path: String, to newPath: String) throws(FileError) {
        let (old, node) = try node(path, followingLast: false)
        let new = try resolve(newPath, followingLast: false)
        _ = try self.node(FilePath.parent(of: new))
        if old == new { return }
        if case .directory = node.content, FilePath.relative(new, to: old) != nil {
            throw FileError(.other(code: 22, text: "a directory can't move into itself"), path: path)
        }
        let isDirectory = node.status.kind == .directory
        if let existing = state.withLock({ $0.nodes[new] }) {
            switch (isDirectory, existing.status.kind == .directory) {
            case (true, false): throw FileError(.notDirectory, path: newPath)
            case (false, true): throw FileError(.isDirectory, path: newPath)
            case (true, true): guard try list(new).isEmpty else { throw FileError(.notEmpty, path: newPath) }
            case (false, false): break
            }
        }
        state.withLock { state in
            for (path, node) in state.nodes {
                guard let below = FilePath.relative(path, to: old) else { continue }
                state.nodes[path] = nil
                state.nodes[below.isEmpty ? new : "\(new)/\(below)"] = node
            }
        }
    }

    package func target(ofSymlink path: String) throws(FileError) -> String {
        guard case .symlink(let target) = try node(path, followingLast: false).node.content else {
            throw FileError(.other(code: 22, text: "it is not a symbolic link"), path: path)
        }
        return target
    }

    package func makeSymlink(_ path: String, to target: String) throws(FileError) {
        let real = try resolve(path, followingLast: false)
        _ = try node(FilePath.parent(of: real))
        let isFree = state.withLock { state in
            guard state.nodes[real] == nil else { return false }
            insert(.symlink(target), at: real, mode: 0o777, in: &state)
            return true
        }
        guard isFree else { throw FileError(.alreadyExists, path: path) }
    }

    package func setMode(_ mode: UInt32, of path: String) throws(FileError) {
        let real = try node(path).path
        state.withLock { $0.nodes[real]?.mode = mode }
    }
}

/// What was in the file when it was opened; a write in place, which the live file system never does, would not show.
private final class MemoryOpenFile: OpenFile {
    let bytes: [UInt8]
    let status: FileStatus

    init(bytes: [UInt8], status: FileStatus) {
        self.bytes = bytes
        self.status = status
    }

    func read(at offset: Int, count: Int) -> [UInt8] {
        guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
        return Array(bytes[offset..<offset + min(count, bytes.count - offset)])
    }
}
