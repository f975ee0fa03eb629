import LoomKernel
import LoomSystem

/// One file that a proposal writes, with what was there when its difference was taken.
struct ProposedFile: Sendable {
    let root: PluginRoot
    /// Relative to the root.
    let path: String
    let text: String
    /// Nil where there was none.
    private let before: [UInt8]?

    init(_ text: String, at path: String, of root: PluginRoot, _ files: any FileSystem) {
        (self.root, self.path, self.text) = (root, path, text)
        before = Self.content(path, root, files)
    }

    var displayPath: String { root.prefix + path }

    var diff: UnifiedDiff { UnifiedDiff(from: String(decoding: before ?? [], as: UTF8.self), to: text, path: displayPath) }

    /// Whether somebody has saved it since.
    func isOvertaken(_ files: any FileSystem) -> Bool { Self.content(path, root, files) != before }

    private static func content(_ path: String, _ root: PluginRoot, _ files: any FileSystem) -> [UInt8]? {
        try? files.read(FilePath.join(root.folder, path))
    }
}
