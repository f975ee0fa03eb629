import LoomSystem

/// What a look at plugins found, without loading them for anybody.
package struct PluginCheck: Sendable {
    /// The files that were looked at, as error texts name them.
    package let checked: [String]
    package let faults: [PluginFault]
}

extension PluginHost {
    /// Tries the plugins at a path: one file, a folder, or nil for all roots. Nothing is replaced.
    ///
    /// A file outside the roots is tried as if its own folder were a root, so that a plugin can be checked before it is
    /// put in its place.
    package func check(_ path: String?) async -> PluginCheck {
        let path = path.map { (try? ports.files.realPath($0)) ?? $0 }
        var all = roots
        if let path, !roots.contains(where: { Self.holds($0, path, ports.files) }) {
            guard let root = Self.root(above: path) ?? self.rootItself(path) else {
                let cause = "is not in a folder of plugins (\(PluginKind.allCases.map(\.folder).joined(separator: ", ")))"
                return PluginCheck(checked: [], faults: [PluginFault(path: path, line: nil, cause: cause)])
            }
            all.append(PluginRoot(name: "checked", folder: root, prefix: root + "/"))
        }
        let files = PluginFiles(all, files: ports.files)
        let chosen = files.keys.flatMap { files.layers[$0] ?? [] }.filter { file in
            guard let path else { return true }
            let own = FilePath.join((try? ports.files.realPath(file.root.folder)) ?? file.root.folder, file.key.path)
            return FilePath.relative(own, to: path) != nil
        }
        guard !chosen.isEmpty || path == nil else {
            return PluginCheck(checked: [], faults: [PluginFault(path: path ?? "", line: nil, cause: "there is no plugin here")])
        }
        var faults: [PluginFault] = []
        var live: [PluginKey: LivePlugin] = [:]
        for candidate in await candidates(chosen, modules: files.modules) {
            if let fault = candidate.fault { faults.append(fault) } else { live[candidate.key] = candidate.plugin }
        }
        releaseMemories()
        faults += NameCheck(live: live, files: files).faults().sorted { $0.key < $1.key }.map(\.value)
        return PluginCheck(checked: chosen.map(\.displayPath).sorted(), faults: faults)
    }

    private static func holds(_ root: PluginRoot, _ path: String, _ files: any FileSystem) -> Bool {
        let folder = (try? files.realPath(root.folder)) ?? root.folder
        if FilePath.relative(folder, to: path) != nil { return true }
        // A folder of the root that no kind has may be a root of its own, as the examples are.
        guard let below = FilePath.relative(path, to: folder) else { return false }
        return PluginKind.allCases.contains {
            FilePath.relative(below, to: $0.folder) != nil || FilePath.relative($0.folder, to: below) != nil
        }
    }

    /// The folder that would be a root for this file or folder.
    private func rootItself(_ path: String) -> String? {
        PluginKind.allCases.contains { ports.files.isDirectory(FilePath.join(path, $0.folder)) } ? path : nil
    }

    private static func root(above path: String) -> String? {
        // A folder that holds the kinds' folders is a root itself.
        let tops = Set(PluginKind.allCases.compactMap { FilePath.components(of: $0.folder).first })
        let isFile = path.hasSuffix(".lua") || path.hasSuffix(".md")
        if !isFile, tops.contains(FilePath.name(of: path)) { return FilePath.parent(of: path) }
        for kind in PluginKind.allCases {
            let folder = "/" + kind.folder
            var parent = path.hasSuffix(kind.fileEnding) ? FilePath.parent(of: path) : path
            if kind == .skill, path.hasSuffix(kind.fileEnding) { parent = FilePath.parent(of: parent) }
            if parent.hasSuffix(folder) { return String(parent.dropLast(folder.count)) }
        }
        return nil
    }
}
