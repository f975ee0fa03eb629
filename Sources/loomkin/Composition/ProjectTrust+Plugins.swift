package import LoomKernel
package import LoomPlugins
package import LoomSystem

/// A project's files count with exactly the content that its user has trusted; those of other roots always do.
extension ProjectTrust: PluginTrust {
    package func admission() -> @Sendable (PluginFile) -> Bool {
        let trusted = self.trusted()
        return { file in file.root.name != "project" || trusted[file.displayPath] == file.hash }
    }

    package func accept(_ file: PluginFile) throws(FileError) { try self.accept(file.displayPath, hash: file.hash) }

    package func write(_ text: String, to path: String, of root: PluginRoot, _ files: any FileSystem) throws(FileError) {
        let write = { () throws(FileError) in try FullTrust().write(text, to: path, of: root, files) }
        guard root.name == "project" else { return try write() }
        try self.keeping(root.prefix + path, write)
    }
}
