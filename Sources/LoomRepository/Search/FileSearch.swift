package import LoomSystem

/// Finds files by a glob, those changed last first.
package struct FileSearch: Sendable {
    /// What was found.
    package struct Result: Sendable, Hashable {
        package struct File: Sendable, Hashable {
            /// Relative to the root.
            package let path: String
            package let modified: Timestamp
            /// In bytes.
            package let size: Int
        }

        package let files: [File]
        /// How many more match than `files` holds.
        package let omitted: Int

        /// Without the files whose path is not wanted.
        package func keeping(_ isWanted: (_ path: String) -> Bool) -> Result {
            Result(files: files.filter { isWanted($0.path) }, omitted: omitted)
        }
    }

    private let root: String
    private let files: any FileSystem

    package init(root: String, files: any FileSystem) {
        self.root = root
        self.files = files
    }

    /// Finds the files whose path below the root matches. Ignored files are left out; hidden ones are not.
    ///
    /// A pattern may also be absolute, if it begins with the root. A link to a file counts as that file, unless it leads
    /// out of the root. A cancelled task gets what was found so far.
    ///
    /// - Parameter limit: the most files to bring back; below zero means none.
    package func find(_ pattern: String, limit: Int = 200) async throws(SearchError) -> Result {
        let limit = max(0, limit)
        let realRoot: String
        do throws(FileError) {
            realRoot = try files.realPath(root)
            guard try files.status(of: realRoot).kind == .directory else { throw FileError(.notDirectory, path: root) }
        } catch {
            throw .path(error)
        }
        let glob = try Self.glob(pattern, roots: [root, realRoot])
        var found: [Result.File] = []
        FolderWalk(root: realRoot, files: files).forEachFile { path, kind in
            if glob.matches(path), let file = self.file(path, kind, in: realRoot) { found.append(file) }
            return true
        }
        found.sort { ($1.modified, $0.path) < ($0.modified, $1.path) }
        return Result(files: Array(found.prefix(limit)), omitted: max(0, found.count - limit))
    }

    static func glob(_ pattern: String, roots: [String]) throws(SearchError) -> Glob {
        var pattern = pattern
        if FilePath.isAbsolute(pattern) {
            guard let below = roots.lazy.compactMap({ FilePath.relative(pattern, to: $0) }).first else {
                throw .outsideRoot(pattern)
            }
            pattern = "/" + below
        }
        if FilePath.components(of: pattern).contains("..") { throw .outsideRoot(pattern) }
        do throws(Glob.Malformed) {
            return try Glob(pattern)
        } catch {
            throw .glob(error)
        }
    }

    private func file(_ path: String, _ kind: FileKind, in realRoot: String) -> Result.File? {
        guard kind == .file || (try? files.confine(path, to: realRoot)) != nil else { return nil }
        guard let status = try? files.status(of: FilePath.join(realRoot, path)), status.kind == .file else { return nil }
        return Result.File(path: path, modified: status.modified, size: status.size)
    }
}
