/// A folder of plugins. Roots are layered: a later one's plugin stands in front of an earlier one's of the same name.
package struct PluginRoot: Sendable, Hashable {
    /// `bundled`, `user` or `project`.
    package let name: String
    /// Absolute.
    package let folder: String
    /// What error texts put before a path of this root, such as `.loomkin/`; empty for the bundled root.
    package let prefix: String
    /// The only kinds that count here, where the folder is not ours alone; nil for all.
    package let kinds: Set<PluginKind>?

    package init(name: String, folder: String, prefix: String = "", kinds: Set<PluginKind>? = nil) {
        self.name = name
        self.folder = folder
        self.prefix = prefix
        self.kinds = kinds
    }

    func holds(_ kind: PluginKind) -> Bool { kinds?.contains(kind) ?? true }

    /// The folders to watch, absolute.
    var watched: [String] {
        ["plugins", "roles", "prompts", "skills"].filter { top in
            PluginKind.allCases.contains { holds($0) && ($0.folder == top || $0.folder.hasPrefix(top + "/")) }
        }.map { "\(folder)/\($0)" }
    }
}
