import LoomSystem

/// Where a query searches, made safe: below the root, and with its glob compiled.
struct SearchScope: Sendable {
    /// Without symbolic links in it.
    let folder: String
    /// The one file in `folder` that is searched; nil for all of them.
    let target: String?
    let glob: Glob?

    /// From the root to `folder`; empty when they are the same.
    private let prefix: String

    init(_ query: ContentQuery, root: String, files: any FileSystem) throws(SearchError) {
        let path: String
        let realRoot: String
        let isFolder: Bool
        do throws(FileError) {
            realRoot = try files.realPath(root)
            path = try files.confine(query.path.isEmpty ? realRoot : query.path, to: realRoot)
            isFolder = try files.status(of: path).kind == .directory
        } catch {
            throw error.reason == .outsideProject ? .outsideRoot(query.path) : .path(error)
        }
        folder = isFolder ? path : FilePath.parent(of: path)
        target = isFolder ? nil : FilePath.name(of: path)
        prefix = FilePath.relative(folder, to: realRoot) ?? ""
        if let glob = query.glob {
            self.glob = try FileSearch.glob(glob, roots: [root, realRoot])
        } else {
            glob = nil
        }
    }

    /// A path below `folder`, as the answer has it: relative to the root. Nil when the glob doesn't want it.
    func name(of path: String) -> String? {
        let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        guard glob?.matches(path) ?? true else { return nil }
        return FilePath.join(prefix, path)
    }
}
