extension FileSystem {
    /// The absolute path without symbolic links, `.` and `..`; what does not exist yet is kept as it is written.
    ///
    /// Works component by component, as the system does, so that `link/..` is the parent of the link's target. More than
    /// 40 links on the way are taken for a circle.
    package func realPath(_ path: String) throws(FileError) -> String {
        guard FilePath.isValid(path) else { throw FileError(.invalidPath, path: path) }
        var pending: [String] = FilePath.components(of: FilePath.join(currentDirectory, path)).reversed()
        var resolved: [String] = []
        var links = 0
        while let component = pending.popLast() {
            if component == ".." {
                _ = resolved.popLast()
                continue
            }
            let candidate = "/" + (resolved + [component]).joined(separator: "/")
            let kind: FileKind
            do throws(FileError) {
                kind = try status(of: candidate, followingSymlinks: false).kind
            } catch {
                guard error.reason == .notFound else { throw FileError(error.reason, path: path) }
                resolved.append(component)
                continue
            }
            if kind == .symlink {
                links += 1
                guard links <= 40 else { throw FileError(.tooManySymlinks, path: path) }
                let target = try target(ofSymlink: candidate)
                if FilePath.isAbsolute(target) { resolved = [] }
                pending += FilePath.components(of: target).reversed()
            } else if kind != .directory, !pending.isEmpty {
                throw FileError(.notDirectory, path: path)
            } else {
                resolved.append(component)
            }
        }
        return "/" + resolved.joined(separator: "/")
    }

    /// The real path of something in a project: the root itself or inside it, else `outsideProject`.
    ///
    /// A relative path starts at the root. Symbolic links are resolved first, so a link that leads out is refused. The
    /// answer holds for the moment it is given: a process that swaps directories for links later can defeat it.
    package func confine(_ path: String, to root: String) throws(FileError) -> String {
        let realRoot = try realPath(root)
        let realPath = try realPath(FilePath.join(realRoot, path))
        guard FilePath.relative(realPath, to: realRoot) != nil else { throw FileError(.outsideProject, path: path) }
        return realPath
    }
}
