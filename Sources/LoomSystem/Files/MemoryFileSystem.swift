import Synchronization

/// A file system in memory, for tests: with directories, symbolic links, and failures on request.
///
/// Permissions are kept but not enforced.
package final class MemoryFileSystem: FileSystem {
    struct Node {
        enum Content {
            case file([UInt8])
            case directory
            case symlink(String)
        }

        var content: Content
        var mode: UInt32
        var modified: Timestamp
        let inode: UInt64

        var status: FileStatus {
            let (kind, size): (FileKind, Int) =
                switch content {
                case .file(let bytes): (.file, bytes.count)
                case .directory: (.directory, 0)
                case .symlink(let target): (.symlink, target.utf8.count)
                }
            return FileStatus(kind: kind, size: size, modified: modified, mode: mode, inode: inode)
        }
    }

    struct State {
        /// By path without symbolic links.
        var nodes: [String: Node] = [:]
        var failures: [String: FileError.Reason] = [:]
        var lastInode: UInt64 = 1
    }

    package let currentDirectory: String
    private let clock: any WallClock
    let state = Mutex(State())

    /// The files are given by absolute path and text; directories above them are made.
    package init(_ files: [String: String] = [:], currentDirectory: String = "/", clock: any WallClock = ManualClock()) {
        self.currentDirectory = currentDirectory
        self.clock = clock
        state.withLock { state in
            makeAncestors(of: FilePath.join(currentDirectory, "x"), in: &state)
            for (path, text) in files {
                makeAncestors(of: path, in: &state)
                insert(.file(Array(text.utf8)), at: "/" + FilePath.components(of: path).joined(separator: "/"), in: &state)
            }
        }
    }

    /// From now on every use of this path fails; nil ends that.
    package func fail(_ path: String, with reason: FileError.Reason?) {
        state.withLock { $0.failures[path] = reason }
    }

    func insert(_ content: Node.Content, at path: String, mode: UInt32 = 0o644, in state: inout State) {
        state.lastInode += 1
        state.nodes[path] = Node(content: content, mode: mode, modified: clock.now, inode: state.lastInode)
    }

    func makeAncestors(of path: String, in state: inout State) {
        var ancestor = ""
        if state.nodes["/"] == nil { insert(.directory, at: "/", mode: 0o755, in: &state) }
        for component in FilePath.components(of: path).dropLast() {
            ancestor += "/" + component
            if state.nodes[ancestor] == nil { insert(.directory, at: ancestor, mode: 0o755, in: &state) }
        }
    }

    /// The node at the end of the path; symbolic links on the way are followed, the last one only when asked for.
    func node(_ path: String, followingLast: Bool = true) throws(FileError) -> (path: String, node: Node) {
        let real = try resolve(path, followingLast: followingLast)
        guard let node = state.withLock({ $0.nodes[real] }) else { throw FileError(.notFound, path: path) }
        return (real, node)
    }

    /// Where the path leads; nothing needs to be there, but its directory must.
    func resolve(_ path: String, followingLast: Bool) throws(FileError) -> String {
        guard FilePath.isValid(path) else { throw FileError(.invalidPath, path: path) }
        let whole = FilePath.join(currentDirectory, path)
        return try state.withLock { state -> Result<String, FileError> in
            if let reason = state.failures[path] ?? state.failures[whole] { return .failure(FileError(reason, path: path)) }
            return state.walk(path, in: currentDirectory, followingLast: followingLast)
        }.get()
    }

    func touch(_ content: Node.Content, at path: String) {
        state.withLock { state in
            state.nodes[path]?.content = content
            state.nodes[path]?.modified = clock.now
        }
    }
}

extension MemoryFileSystem.State {
    func walk(_ path: String, in directory: String, followingLast: Bool) -> Result<String, FileError> {
        var pending: [String] = FilePath.components(of: FilePath.join(directory, path)).reversed()
        var resolved: [String] = []
        var links = 0
        while let component = pending.popLast() {
            if component == ".." {
                _ = resolved.popLast()
                continue
            }
            resolved.append(component)
            guard let node = nodes["/" + resolved.joined(separator: "/")] else {
                if pending.isEmpty { break }
                return .failure(FileError(.notFound, path: path))
            }
            switch node.content {
            case .directory: break
            case .file: if !pending.isEmpty { return .failure(FileError(.notDirectory, path: path)) }
            case .symlink(let target):
                if pending.isEmpty, !followingLast { break }
                links += 1
                if links > 40 { return .failure(FileError(.tooManySymlinks, path: path)) }
                resolved = FilePath.isAbsolute(target) ? [] : resolved.dropLast()
                pending += FilePath.components(of: target).reversed()
            }
        }
        return .success("/" + resolved.joined(separator: "/"))
    }
}
