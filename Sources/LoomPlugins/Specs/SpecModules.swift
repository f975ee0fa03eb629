import LoomLua
import LoomSystem
import Synchronization

/// What `require` finds in a spec: the harness, and the modules that the plugin would find; and which files that were.
///
/// The harness itself asks for any plugin by its folder, `=tools.file_edit`. Files of the spec's own root come first.
final class SpecModules: Sendable {
    private let harness: String
    private let plugins: [PluginKey: PluginFile]
    private let modules: ModuleScope
    private let files: any FileSystem
    private let used = Mutex<Set<String>>([])

    init(_ spec: SpecFile, layers: PluginFiles, harness: String, files: any FileSystem) {
        self.harness = harness
        self.files = files
        var plugins = layers.layers.compactMapValues(\.last)
        for (key, layers) in layers.layers {
            if let own = layers.last(where: { $0.root == spec.root }) { plugins[key] = own }
        }
        self.plugins = plugins
        modules = ModuleScope(ModuleFiles(), candidates: plugins.filter { $0.key.kind.requirePrefix != nil })
    }

    subscript(key: PluginKey) -> PluginFile? {
        guard let file = plugins[key] else { return nil }
        used.withLock { _ = $0.insert(file.absolutePath) }
        return file
    }

    /// The prompts, which include each other by name.
    var prompts: [PluginFile] { plugins.values.filter { $0.key.kind == .prompt } }

    func load(_ name: String) throws(LuaError) -> (source: String, chunk: String) {
        if name.hasPrefix("spec.") { return try part(String(name.dropFirst("spec.".count))) }
        guard name.hasPrefix("=") else { return try modules.load(name) }
        let name = name.dropFirst()
        let key = PluginKind.allCases.lazy.filter(\.isLua).compactMap { kind -> PluginKey? in
            let folder = FilePath.name(of: kind.folder) + "."
            return name.hasPrefix(folder) ? PluginKey(kind, String(name.dropFirst(folder.count))) : nil
        }.first
        guard let key, let file = self[key] else {
            let names = plugins.keys.filter(\.kind.isLua).map(Self.module)
            throw LuaError(.host, "there is no plugin \"\(name)\"\(NearestName.slip(String(name), in: names))")
        }
        if let problem = file.problem { throw LuaError(.host, "\(file.displayPath) cannot be read: \(problem)") }
        return (file.text, file.displayPath)
    }

    /// The name by which the harness asks for a plugin.
    static func module(_ key: PluginKey) -> String { "\(FilePath.name(of: key.kind.folder)).\(key.name)" }

    private func part(_ name: String) throws(LuaError) -> (source: String, chunk: String) {
        let path = FilePath.join(harness, name + ".lua")
        guard let bytes = try? files.read(path) else { throw LuaError(.host, "there is no file \(path)") }
        used.withLock { _ = $0.insert(path) }
        return (String(decoding: bytes, as: UTF8.self), "=spec.\(name)")
    }

    /// Absolute paths of all that was loaded so far.
    var usedFiles: Set<String> {
        let required = modules.required.compactMap { plugins[$0]?.absolutePath }
        return used.withLock { $0 }.union(required)
    }

    /// What error texts may name, for `ChunkNames`.
    var paths: [String] { plugins.values.map(\.displayPath) }
}

extension PluginKind {
    var isLua: Bool { fileEnding == ".lua" }
}

extension PluginFile {
    var absolutePath: String { FilePath.join(root.folder, key.path) }
}
