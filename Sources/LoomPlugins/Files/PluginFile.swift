import LoomSystem

/// One file of a root, as it was when the root was read.
package struct PluginFile: Sendable {
    package let key: PluginKey
    package let root: PluginRoot
    package let text: String
    /// SHA-256 of the text: content, not time, tells whether a file changed.
    package let hash: String
    /// Why the text could not be read; the text is empty then.
    package let problem: String?

    /// Larger than any plugin that a person would want to read.
    private static let sizeLimit = 1 << 20

    package init(key: PluginKey, root: PluginRoot, text: String) {
        self.init(key: key, root: root, text: text, problem: nil)
    }

    private init(key: PluginKey, root: PluginRoot, text: String, problem: String?) {
        self.key = key
        self.root = root
        self.text = text
        self.problem = problem
        hash = Hash.sha256(problem ?? text)
    }

    /// Nil when the file is gone.
    init?(key: PluginKey, root: PluginRoot, files: any FileSystem) {
        do {
            let bytes = try files.read(FilePath.join(root.folder, key.path), limit: Self.sizeLimit)
            let text = String(validating: bytes, as: UTF8.self)
            self.init(key: key, root: root, text: text ?? "", problem: text == nil ? "it is not UTF-8 text" : nil)
        } catch {
            if error.reason == .notFound { return nil }
            self.init(key: key, root: root, text: "", problem: error.description)
        }
    }

    /// The path in error texts, and the name of the Lua chunk.
    package var displayPath: String { root.prefix + key.path }

    /// Whether both are the same content at the same place.
    package func isSame(as other: PluginFile?) -> Bool {
        key == other?.key && root == other?.root && hash == other?.hash
    }
}
