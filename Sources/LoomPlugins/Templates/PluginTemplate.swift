import LoomKernel
package import LoomSystem

/// A small working example of a kind of plugin, with its spec, that a new one begins as.
///
/// It is a folder, `plugins/templates/KIND`, that holds what a root holds; `NAME` stands for the plugin's name in paths and texts.
package struct PluginTemplate: Sendable {
    package let kind: PluginKind
    private let folder: String
    private let files: any FileSystem

    private static let placeholder = "NAME"

    /// - Parameter bundled: the folder that holds the bundled `plugins`.
    package init(_ kind: PluginKind, bundled: String, files: any FileSystem) {
        self.kind = kind
        self.files = files
        folder = FilePath.join(bundled, "plugins/templates/\(kind.rawValue)")
    }

    /// Why the name is none; nil when it is one.
    package static func problem(ofName name: String, _ kind: PluginKind) -> String? {
        if kind == .skill, !Skill.isName(name) { return "«\(name)» is no name for a skill: \(Skill.nameRule)." }
        if name == placeholder { return "«\(name)» stands for the name in templates. Choose another." }
        guard PluginKind.library.pluginName(ofFile: name + ".lua") != name else { return nil }
        return "«\(name)» is no name for a plugin: it takes letters, digits, _ and -, and begins with a letter."
    }

    /// The files of a plugin of this name: paths below a root, the plugin itself first.
    package func make(named name: String) throws(FileError) -> [(path: String, text: String)] {
        var made: [(path: String, text: String)] = []
        for path in try paths(below: "") {
            let text = String(decoding: try files.read(FilePath.join(folder, path)), as: UTF8.self)
            made.append((Self.named(path, name), Self.named(text, name)))
        }
        let own = PluginKey(kind, name).path
        return made.sorted { ($0.path == own ? 0 : 1, $0.path) < ($1.path == own ? 0 : 1, $1.path) }
    }

    private func paths(below path: String) throws(FileError) -> [String] {
        var found: [String] = []
        for entry in try files.list(FilePath.join(folder, path)) {
            let inner = FilePath.join(path, entry.name)
            if entry.kind == .directory { found += try paths(below: inner) } else { found.append(inner) }
        }
        return found
    }

    /// An environment variable takes capitals and no hyphens; everything else the name as it is.
    private static func named(_ text: String, _ name: String) -> String {
        let variable = name.uppercased().replacing("-", with: "_")
        return ["_API_KEY", "_BASE_URL"].reduce(text) { $0.replacing(placeholder + $1, with: variable + $1) }
            .replacing(placeholder, with: name)
    }
}
