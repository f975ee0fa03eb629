import LoomSystem

/// The grammars there are, in the order of the folders: the earlier one counts when both have a language.
package struct Grammars: Sendable {
    private let folders: [GrammarFolder]

    package init(_ folders: [GrammarFolder]) { self.folders = folders }

    /// The versions of a grammar's binary form that can be used.
    package static var versions: ClosedRange<UInt32> { Grammar.versions }

    /// The language of a file that can have an outline, and the files of its grammar. Neither is opened.
    func find(path: String) throws(OutlineError) -> (language: Language, entry: GrammarFolder.Entry) {
        let ending = FilePath.extension(of: path)
        guard let language = Language(path: path) else { throw .unknownEnding(ending) }
        guard let entry = self.entry(language) else { throw .noGrammar(language: language.name, ending: ending) }
        return (language, entry)
    }

    /// Loads every grammar into this process. Gives the languages that can be used, and why others cannot although they are there.
    package func check() -> (usable: [Language], refused: [OutlineError]) {
        var usable: [Language] = []
        var refused: [OutlineError] = []
        for language in Language.all {
            guard let entry = self.entry(language) else { continue }
            do throws(OutlineError) {
                _ = try Grammar(language.name, entry)
                usable.append(language)
            } catch {
                refused.append(error)
            }
        }
        return (usable, refused)
    }

    private func entry(_ language: Language) -> GrammarFolder.Entry? {
        self.folders.lazy.compactMap { $0.entry(language) }.first
    }
}
