import LoomSystem
import Synchronization

/// What the word before the cursor can become: commands, agents, models, roles, files of the project, and what a plugin
/// says of its command's arguments.
final class CompletionWords: Sendable {
    struct Words: Sendable {
        var agents: [String] = []
        var roles: [String] = []
        var plugins: [String] = []
    }

    private let words = Mutex(Words())
    private let directory: String
    private let files: any FileSystem
    private let commands: @Sendable () -> [String]
    private let arguments: @Sendable (_ command: String, _ word: String) async -> [String]
    private let models: @Sendable (_ word: String) async -> [String]

    /// - Parameters:
    ///   - commands: names of the commands that plugins add; asked anew each time, so that a reload is seen at once.
    ///   - arguments: what the word begun may become, as such a command says.
    ///   - models: names of models that begin so.
    init(
        directory: String, files: any FileSystem, commands: @escaping @Sendable () -> [String] = { [] },
        arguments: @escaping @Sendable (_ command: String, _ word: String) async -> [String] = { _, _ in [] },
        models: @escaping @Sendable (_ word: String) async -> [String] = { _ in [] }
    ) {
        self.directory = directory
        self.files = files
        self.commands = commands
        self.arguments = arguments
        self.models = models
    }

    func update(_ change: @Sendable (inout Words) -> Void) { self.words.withLock { change(&$0) } }

    /// Tells at once what is known here, and later what a plugin has to be asked.
    func complete(_ before: String, then tell: @escaping @Sendable (Completion) -> Void) {
        let word = String(before.reversed().prefix { !$0.isWhitespace }.reversed())
        let earlier = before.dropLast(word.count).split(whereSeparator: \.isWhitespace).map(String.init)
        let replaced = word.unicodeScalars.count
        if let command = earlier.first?.dropFirst(), earlier.first?.first == "/", self.commands().contains(String(command)) {
            Task {
                let found = await self.arguments(String(command), word)
                tell(Completion(replaced: replaced, candidates: Self.fitting(found, word)))
            }
        } else if earlier.first == "/model", earlier.count <= 2 {
            Task {
                let agents = earlier.count == 1 ? self.words.withLock { $0.agents } : []
                tell(Completion(replaced: replaced, candidates: Self.fitting(agents + (await self.models(word)), word)))
            }
        } else {
            tell(Completion(replaced: replaced, candidates: self.candidates(word, after: earlier)))
        }
    }

    /// Of a plugin's answer only what can stand in place of the word: it may not write what a person would not see.
    private static func fitting(_ words: [String], _ word: String) -> [String] {
        let plain = words.filter { candidate in
            candidate.hasPrefix(word) && candidate != "" && candidate.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        }
        return Array(Set(plain).sorted().prefix(100))
    }

    private func candidates(_ word: String, after earlier: [String]) -> [String] {
        let words = self.words.withLock { $0 }
        func starting(_ candidates: [String]) -> [String] { candidates.filter { $0.hasPrefix(word) }.sorted() }
        guard let first = earlier.first else {
            if word.hasPrefix("/") { return starting((CommandHelp.all.map(\.name) + self.commands()).map { "/" + $0 }) }
            if word.hasPrefix("@") { return starting(words.agents.map { "@" + $0 }) }
            return self.paths(word)
        }
        switch (first, earlier.count) {
        case ("/help", 1): return starting(CommandHelp.all.map(\.name) + self.commands())
        case ("/spawn", 1): return starting(words.roles)
        case ("/pause", 1), ("/resume", 1), ("/stop", 1), ("/remove", 1), ("/context", 1): return starting(words.agents)
        case ("/plugins", 1), ("/reload", 1), ("/rollback", 1): return starting(words.plugins)
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
