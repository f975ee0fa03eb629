import LoomSystem

/// Finds specs: beside the plugins that are named, below folders, or in all roots.
struct SpecFinder {
    let roots: [PluginRoot]
    /// Paths are told relative to it where they lie below.
    let directory: String
    let files: any FileSystem

    /// Folders full of files that nobody edits.
    private static let skipped: Set<String> = [".git", ".build", "node_modules"]

    /// - Parameter paths: none for all roots.
    func specs(_ paths: [String]) throws(SpecPathError) -> [SpecFile] {
        var found: Set<SpecFile> = []
        if paths.isEmpty {
            for root in namedRoots { found.formUnion(specs(in: root)) }
        }
        for path in paths { found.formUnion(try specs(at: path)) }
        return found.sorted()
    }

    private func specs(at path: String) throws(SpecPathError) -> [SpecFile] {
        let whole = FilePath.isAbsolute(path) ? path : FilePath.join(directory, path)
        guard files.exists(whole), let real = try? files.realPath(whole) else {
            throw SpecPathError(description: "There is no file or folder \(path).")
        }
        if files.isDirectory(real) {
            let found = below(real)
            guard !found.isEmpty else { throw SpecPathError(description: "There is no spec below \(path).") }
            return found
        }
        let folder = FilePath.parent(of: real)
        let name = FilePath.name(of: real)
        guard let kind = Self.kind(ofFolder: folder) else {
            let folders = PluginKind.allCases.map(\.folder).joined(separator: ", ")
            throw SpecPathError(description: "\(path) is not in a folder of plugins (\(folders)).")
        }
        let plugin = name.hasSuffix(SpecFile.ending) ? String(name.dropLast(SpecFile.ending.count)) : kind.pluginName(ofFile: name)
        guard let plugin else { throw SpecPathError(description: "\(path) is neither a plugin nor its spec.") }
        let spec = SpecFile(root: root(above: folder, kind), key: PluginKey(kind, plugin))
        guard files.exists(spec.file) else {
            throw SpecPathError(description: "\(path) has no spec: it would be \(spec.path).")
        }
        return [spec]
    }

    private func below(_ folder: String) -> [SpecFile] {
        var found = Self.kind(ofFolder: folder).map { specs(of: $0, in: root(above: folder, $0)) } ?? []
        for entry in (try? files.list(folder)) ?? [] where entry.kind == .directory && !Self.skipped.contains(entry.name) {
            found += below(FilePath.join(folder, entry.name))
        }
        return found
    }

    private func specs(in root: PluginRoot) -> [SpecFile] {
        PluginKind.allCases.filter(root.holds).flatMap { specs(of: $0, in: root) }
    }

    private func specs(of kind: PluginKind, in root: PluginRoot) -> [SpecFile] {
        let entries = (try? files.list(FilePath.join(root.folder, kind.folder))) ?? []
        return entries.compactMap { entry in
            guard entry.kind != .directory, entry.name.hasSuffix(SpecFile.ending), !entry.name.hasPrefix(".") else { return nil }
            return SpecFile(root: root, key: PluginKey(kind, String(entry.name.dropLast(SpecFile.ending.count))))
        }
    }

    private static func kind(ofFolder folder: String) -> PluginKind? {
        PluginKind.allCases.first { folder == $0.folder || folder.hasSuffix("/" + $0.folder) }
    }

    /// The root that this folder of a kind belongs to; one that is not among the known is a root for its specs.
    private func root(above folder: String, _ kind: PluginKind) -> PluginRoot {
        let above = String(folder.dropLast(kind.folder.count + 1))
        let known = roots.first { ((try? files.realPath($0.folder)) ?? $0.folder) == above }
        return named(known ?? PluginRoot(name: "tested", folder: above))
    }

    /// The roots as people are told them.
    var namedRoots: [PluginRoot] { roots.map(named) }

    private func named(_ root: PluginRoot) -> PluginRoot {
        let folder = (try? files.realPath(root.folder)) ?? root.folder
        guard let below = FilePath.relative(folder, to: directory) else {
            return PluginRoot(name: root.name, folder: folder, prefix: folder + "/", kinds: root.kinds)
        }
        return PluginRoot(name: root.name, folder: folder, prefix: below.isEmpty ? "" : below + "/", kinds: root.kinds)
    }
}
