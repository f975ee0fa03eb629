package import LoomSystem

/// A folder with grammars: for each `NAME.so`, and `NAME.tags.scm`, the query that says what a definition is.
///
/// Grammars are machine code that runs in this process. So such a folder is one of loomkin's own, never one of a project.
package struct GrammarFolder: Sendable {
    struct Entry: Sendable, Hashable {
        let library: String
        let query: String
    }

    private let path: String
    private let files: any FileSystem

    package init(_ path: String, files: any FileSystem) {
        self.path = path
        self.files = files
    }

    /// Nil when one of the two files is missing.
    func entry(_ language: Language) -> Entry? {
        let entry = Entry(library: "\(self.path)/\(language.name).so", query: "\(self.path)/\(language.name).tags.scm")
        return self.files.exists(entry.library) && self.files.exists(entry.query) ? entry : nil
    }
}
