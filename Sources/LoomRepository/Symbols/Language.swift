import LoomSystem

/// A programming language whose files can be outlined, known by the ending of a file's name.
package struct Language: Sendable, Hashable {
    /// As its grammar is called.
    package let name: String

    /// Nil for an ending that no language here has.
    package init?(path: String) {
        guard let name = Self.names[FilePath.extension(of: path).lowercased()] else { return nil }
        self.name = name
    }

    private init(name: String) { self.name = name }

    /// Every language there is a pinned grammar for, in the order of their names.
    package static let all = Set(Self.names.values).sorted().map(Language.init(name:))

    private static let names = [
        "py": "python", "pyi": "python",
        "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "javascript",
        "ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx",
        "go": "go", "rs": "rust", "rb": "ruby", "java": "java",
        "c": "c", "h": "c",
        "cpp": "cpp", "hpp": "cpp", "cc": "cpp", "cxx": "cpp", "hh": "cpp",
        "ex": "elixir", "exs": "elixir",
    ]
}
