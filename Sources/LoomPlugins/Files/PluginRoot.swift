/// A folder of plugins. Roots are layered: a later one's plugin stands in front of an earlier one's of the same name.
package struct PluginRoot: Sendable, Hashable {
    /// `bundled`, `user` or `project`.
    package let name: String
    /// Absolute.
    package let folder: String
    /// What error texts put before a path of this root, such as `.loomkin/`; empty for the bundled root.
    package let prefix: String

    package init(name: String, folder: String, prefix: String = "") {
        self.name = name
        self.folder = folder
        self.prefix = prefix
    }
}
