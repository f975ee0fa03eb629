import LoomSystem

/// Goes through the files below a folder that are not ignored.
///
/// Links to folders are not followed, so the walk ends and stays below its root. Folders that can't be read are passed
/// over: they are as good as empty to whoever searches.
struct FolderWalk: Sendable {
    /// Without symbolic links in it.
    let root: String
    let files: any FileSystem

    /// Calls the body for each file, in the order of their paths, until it returns false or the task is cancelled.
    /// - Parameter body: gets the path relative to the root. A link comes as a link.
    func forEachFile(_ body: (_ path: String, _ kind: FileKind) -> Bool) {
        _ = visit("", rules: IgnoreRules(root: root, files: files), body)
    }

    private func visit(_ folder: String, rules: IgnoreRules, _ body: (String, FileKind) -> Bool) -> Bool {
        guard !Task.isCancelled else { return false }
        guard let entries = try? files.list(FilePath.join(root, folder)) else { return true }
        for entry in entries {
            let path = FilePath.join(folder, entry.name)
            let isFolder = entry.kind == .directory
            if rules.ignoresEntry(path[...], isFolder: isFolder) { continue }
            if isFolder {
                var deeper = rules
                deeper.enter(path)
                guard visit(path, rules: deeper, body) else { return false }
            } else if entry.kind == .file || entry.kind == .symlink {
                guard body(path, entry.kind) else { return false }
            }
        }
        return true
    }
}
