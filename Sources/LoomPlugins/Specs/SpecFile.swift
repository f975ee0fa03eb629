import LoomSystem

/// The spec of one plugin: `NAME.spec.lua` beside it.
package struct SpecFile: Sendable, Hashable, Comparable {
    /// As people are told it.
    package let path: String
    let root: PluginRoot
    let key: PluginKey

    static let ending = ".spec.lua"

    init(root: PluginRoot, key: PluginKey) {
        self.root = root
        self.key = key
        path = root.prefix + "\(key.kind.folder)/\(key.name)\(Self.ending)"
    }

    var relativePath: String { "\(key.kind.folder)/\(key.name)\(Self.ending)" }

    var file: String { FilePath.join(root.folder, relativePath) }

    package static func < (left: SpecFile, right: SpecFile) -> Bool { left.path < right.path }
}

/// Why no spec was run: what is wrong with the path that was named.
package struct SpecPathError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}
