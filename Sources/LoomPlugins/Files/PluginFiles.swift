package import LoomSystem

/// Everything that lies in the roots at one moment.
package struct PluginFiles: Sendable {
    /// The files of each plugin, the one that counts last.
    package private(set) var layers: [PluginKey: [PluginFile]] = [:]

    package init() {}

    /// Reads all files anew: some dozens of small ones, and so any number of lost or doubled notices of a change ends in
    /// the right state.
    package init(_ roots: [PluginRoot], files: any FileSystem) {
        for root in roots {
            for kind in PluginKind.allCases where root.holds(kind) {
                let folder = FilePath.join(root.folder, kind.folder)
                guard let entries = try? files.list(folder) else { continue }
                for entry in entries where (entry.kind != .directory) != (kind == .skill) || entry.kind == .symlink {
                    guard let name = kind.pluginName(ofFile: entry.name) else { continue }
                    add(PluginKey(kind, name), of: root, files: files)
                }
            }
        }
    }

    private mutating func add(_ key: PluginKey, of root: PluginRoot, files: any FileSystem) {
        guard let file = PluginFile(key: key, root: root, files: files) else { return }
        layers[key, default: []].append(file)
    }

    /// With one file more, in front of others of its name.
    func adding(_ file: PluginFile) -> PluginFiles {
        var files = self
        files.layers[file.key, default: []].append(file)
        return files
    }

    /// With another file, or none, in place of those that do not count.
    func replacing(_ counts: (PluginFile) -> Bool, by other: (PluginFile) -> PluginFile?) -> PluginFiles {
        var files = self
        for (key, layers) in layers {
            let kept = layers.compactMap { counts($0) ? $0 : other($0) }
            files.layers[key] = kept.isEmpty ? nil : kept
        }
        return files
    }

    package var keys: [PluginKey] { layers.keys.sorted() }

    /// The file that counts.
    package subscript(key: PluginKey) -> PluginFile? { layers[key]?.last }

    /// The roots whose plugin of this name stands behind the one that counts, nearest first.
    package func shadowed(by file: PluginFile) -> [String] {
        let layers = layers[file.key] ?? []
        let behind = layers.prefix { $0.root != file.root }
        return behind.reversed().map(\.root.name)
    }

    /// What can be required.
    var modules: [PluginKey: PluginFile] {
        layers.compactMapValues(\.last).filter { $0.key.kind.requirePrefix != nil }
    }
}
