package import LoomSystem

extension IgnoreRules {
    /// More than any `.gitignore` written by hand; a larger one is passed over.
    private static let sizeLimit = 1 << 20

    /// The rules that hold below a folder: those of its repository down to the folder itself. `.gitignore` files below
    /// it are read when a path asks for them, so the rules are never older than the question.
    ///
    /// Files that can't be read count as empty. Without a repository the `.gitignore` files count all the same.
    package init(root: String, files: any FileSystem) {
        let root = (try? files.realPath(root)) ?? root
        let top = Self.repository(around: root, files: files)
        self.init(prefix: FilePath.relative(root, to: top ?? root) ?? "", source: Source(root: root, files: files))
        guard let top else {
            enter("")
            return
        }
        if let exclude = Self.excludeFile(of: top, files: files), let text = Self.text(exclude, files: files) {
            add(text, inRepositoryFolder: "")
        }
        var folder = ""
        for part in [""] + FilePath.components(of: FilePath.relative(root, to: top) ?? "") {
            folder = FilePath.join(folder, part)
            let path = FilePath.join(FilePath.join(top, folder), ".gitignore")
            if let text = Self.text(path, files: files) { add(text, inRepositoryFolder: folder) }
        }
    }

    /// Adds the `.gitignore` of a folder, if there is one.
    mutating func enter(_ folder: String) {
        guard let source else { return }
        let path = FilePath.join(FilePath.join(source.root, folder), ".gitignore")
        if let text = Self.text(path, files: source.files) { add(text, in: folder) }
    }

    /// The nearest folder, from here upwards, that has a `.git`.
    private static func repository(around root: String, files: any FileSystem) -> String? {
        var folder = root
        while true {
            if files.exists(FilePath.join(folder, ".git")) { return folder }
            if folder == "/" { return nil }
            folder = FilePath.parent(of: folder)
        }
    }

    /// Usually `.git/info/exclude`. In a worktree `.git` is a file that names a folder, which names the common one.
    private static func excludeFile(of top: String, files: any FileSystem) -> String? {
        var git = FilePath.join(top, ".git")
        if !files.isDirectory(git) {
            guard let line = text(git, files: files)?.split(whereSeparator: \.isNewline).first, line.hasPrefix("gitdir: ")
            else { return nil }
            git = FilePath.join(top, String(line.dropFirst("gitdir: ".count)))
            if let common = text(FilePath.join(git, "commondir"), files: files)?.split(whereSeparator: \.isNewline).first {
                git = FilePath.join(git, String(common))
            }
        }
        return FilePath.join(git, "info/exclude")
    }

    private static func text(_ path: String, files: any FileSystem) -> String? {
        (try? files.read(path, limit: sizeLimit)).map { String(decoding: $0, as: UTF8.self) }
    }
}
