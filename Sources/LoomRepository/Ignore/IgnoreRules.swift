import LoomSystem

/// Which files of a workspace nobody wants to see: those that git ignores, and always `.git` and `.loomkin`.
///
/// The rules are those of `gitignore(5)`: later lines win over earlier ones, deeper `.gitignore` files over higher ones,
/// all of them over `.git/info/exclude`, and nothing below an ignored folder comes back. Git's settings of the user
/// (`core.excludesFile`) are left out, so that two people see the same files.
/// `?` and sets match one character where git matches one byte; for ASCII names that is the same.
package struct IgnoreRules: Sendable {
    /// Names that are ignored wherever they stand, and that no line brings back.
    package static let always: Set<String> = [".git", ".loomkin"]

    /// The lines of one file, about paths below `folder`.
    private struct Layer {
        let folder: String
        let patterns: [IgnorePattern]
    }

    /// Where the `.gitignore` files of deeper folders are read from.
    struct Source: Sendable {
        let root: String
        let files: any FileSystem
    }

    /// Lowest precedence first. Folders are relative to the top of the repository.
    private var layers: [Layer] = []

    /// From the top of the repository to the root that paths are relative to; empty when they are the same.
    private let prefix: String

    let source: Source?

    /// Rules without any file: only `always`.
    package init() {
        self.init(prefix: "", source: nil)
    }

    init(prefix: String, source: Source?) {
        self.prefix = prefix
        self.source = source
    }

    /// Adds the text of an ignore file; it wins over what was added before.
    /// - Parameter folder: where the file stands, relative to the root; empty for the root itself.
    package mutating func add(_ text: String, in folder: String = "") {
        add(text, inRepositoryFolder: fromTop(folder[...]))
    }

    mutating func add(_ text: String, inRepositoryFolder folder: String) {
        let patterns = IgnorePattern.parse(text)
        if !patterns.isEmpty { layers.append(Layer(folder: folder, patterns: patterns)) }
    }

    /// Whether a file or folder is ignored, itself or because a folder above it is.
    /// - Parameter path: relative to the root, without `./`.
    package func ignores(_ path: String, isFolder: Bool) -> Bool {
        var rules = self
        // Bytes, not characters: a name may begin with a combining mark, which would hide the slash before it.
        for index in path.utf8.indices where path.utf8[index] == UInt8(ascii: "/") {
            let folder = path[..<index]
            if rules.ignoresEntry(folder, isFolder: true) { return true }
            rules.enter(String(folder))
        }
        return rules.ignoresEntry(path[...], isFolder: isFolder)
    }

    /// The same for callers who have entered each folder above and know that none is ignored.
    func ignoresEntry(_ path: Substring, isFolder: Bool) -> Bool {
        let name = path.lastPart
        if Self.always.contains(String(name)) { return true }
        let path = prefix.isEmpty ? path : fromTop(path)[...]
        for layer in layers.reversed() {
            guard let below = path.below(layer.folder) else { continue }
            if let decisive = layer.patterns.last(where: { $0.matches(below, name: name, isFolder: isFolder) }) {
                return !decisive.isNegated
            }
        }
        return false
    }

    private func fromTop(_ path: Substring) -> String {
        if prefix.isEmpty { return String(path) }
        return path.isEmpty ? prefix : "\(prefix)/\(path)"
    }
}

extension Substring {
    /// What comes after `folder` and a slash; nil when the path isn't below it. Everything is below the empty folder.
    fileprivate func below(_ folder: String) -> Substring? {
        if folder.isEmpty { return self }
        guard utf8.starts(with: folder.utf8) else { return nil }
        let rest = utf8.dropFirst(folder.utf8.count)
        return rest.first == UInt8(ascii: "/") ? Substring(rest.dropFirst()) : nil
    }
}
