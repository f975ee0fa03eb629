import LoomSystem
import Synchronization

/// What the word before the cursor can become: commands, agents, models, roles and files of the project.
final class CompletionWords: Sendable {
    struct Words: Sendable {
        var agents: [String] = []
        var roles: [String] = []
        var models: [String] = []
        var plugins: [String] = []
    }

    private let words = Mutex(Words())
    private let directory: String
    private let files: any FileSystem

    init(directory: String, files: any FileSystem) {
        self.directory = directory
        self.files = files
    }

    func update(_ change: @Sendable (inout Words) -> Void) { self.words.withLock { change(&$0) } }

    func complete(_ before: String) -> Completion {
        let word = String(before.reversed().prefix { !$0.isWhitespace }.reversed())
        let earlier = before.dropLast(word.count).split(whereSeparator: \.isWhitespace).map(String.init)
        return Completion(replaced: word.unicodeScalars.count, candidates: self.candidates(word, after: earlier))
    }

    private func candidates(_ word: String, after earlier: [String]) -> [String] {
        let words = self.words.withLock { $0 }
        func starting(_ candidates: [String]) -> [String] { candidates.filter { $0.hasPrefix(word) }.sorted() }
        guard let first = earlier.first else {
            if word.hasPrefix("/") { return starting(CommandHelp.all.map { "/" + $0.name }) }
            if word.hasPrefix("@") { return starting(words.agents.map { "@" + $0 }) }
            return self.paths(word)
        }
        switch (first, earlier.count) {
        case ("/help", 1): return starting(CommandHelp.all.map(\.name))
        case ("/spawn", 1): return starting(words.roles)
        case ("/pause", 1), ("/resume", 1), ("/stop", 1): return starting(words.agents)
        case ("/model", 1): return starting(words.agents + words.models)
        case ("/model", 2): return starting(words.models)
        case ("/reload", 1), ("/rollback", 1): return starting(words.plugins)
        case ("/permissions", 1): return starting(["ask", "edit", "full", "read-only", "revoke"])
        default: return first.hasPrefix("/") ? [] : self.paths(word)
        }
    }

    /// Entries of one folder only: completing must be quick. A first `@` is kept, hidden files are offered when asked for.
    private func paths(_ word: String) -> [String] {
        guard !word.isEmpty else { return [] }
        let slash = word.lastIndex(of: "/")
        let folder = slash.map { String(word[...$0]) } ?? ""
        let start = slash.map { word[word.index(after: $0)...] } ?? word[...]
        let place = folder.hasPrefix("/") ? folder : self.directory + "/" + folder
        guard let entries = try? self.files.list(place) else { return [] }
        return entries.filter { $0.name.hasPrefix(start) && (start.hasPrefix(".") || !$0.name.hasPrefix(".")) }
            .map { folder + $0.name + ($0.kind == .directory ? "/" : "") }.sorted().prefix(100).map { $0 }
    }
}
