package import LoomSystem

/// What counts of the files that a project brings along, and how one is written on a person's word.
package protocol PluginTrust: Sendable {
    /// Tells, as things stand now, which files of a root count as they are.
    func admission() -> @Sendable (PluginFile) -> Bool
    /// From now on this content counts.
    func accept(_ file: PluginFile) throws(FileError)
    /// Writes a file of a root. What counted before still does.
    /// - Parameter path: relative to the root.
    func write(_ text: String, to path: String, of root: PluginRoot, _ files: any FileSystem) throws(FileError)
}

/// Everything counts: where there is no project, and in tests.
package struct FullTrust: PluginTrust {
    package init() {}
    package func admission() -> @Sendable (PluginFile) -> Bool { { _ in true } }
    package func accept(_ file: PluginFile) {}
    package func write(_ text: String, to path: String, of root: PluginRoot, _ files: any FileSystem) throws(FileError) {
        try files.write(Array(text.utf8), to: FilePath.join(root.folder, path), options: WriteOptions(createsParents: true))
    }
}
