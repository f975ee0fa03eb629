import LoomRepository
import LoomSystem
import Testing

/// The judge of what git ignores is git.
@Suite struct IgnoreRulesAgainstGitTests {
    private let files = LiveFileSystem()

    @Test("random patterns and paths are decided as git decides them", arguments: [1, 2, 3, UInt64.random(in: 0 ... .max)])
    func agrees(_ seed: UInt64) async throws {
        var random = RandomGenerator(source: SeededRandom(seed: seed))
        for _ in 0..<25 {
            let tree = Tree(using: &random)
            try await withTemporaryFolder { folder in
                _ = try await git(["init", "--quiet"], in: folder)
                for path in tree.folders { try files.makeDirectory("\(folder)/\(path)") }
                try write(Dictionary(uniqueKeysWithValues: tree.files.map { ($0, "") }), in: folder)
                try write(tree.ignoreFiles, in: folder)

                let paths = tree.folders + tree.files
                let answer = try await git(["check-ignore", "-z", "--stdin"], in: folder, input: paths.map { $0 + "\0" }.joined())
                let ignoredByGit = Set(answer.split(separator: "\0").map(String.init))
                let rules = IgnoreRules(root: folder, files: files)
                for path in paths {
                    let isIgnored = rules.ignores(path, isFolder: tree.folders.contains(path))
                    #expect(isIgnored == ignoredByGit.contains(path), "\(path); seed \(seed), files \(tree.ignoreFiles)")
                }
            }
        }
    }

    private func git(_ arguments: [String], in folder: String, input: String = "") async throws -> String {
        let result = try await LiveProcessRunner().run(
            ProcessSpec(
                .program("git", arguments: ["-c", "core.excludesFile=/dev/null"] + arguments),
                workingDirectory: folder, input: Array(input.utf8)))
        // Status 1 says that nothing is ignored.
        try #require(result.succeeded || result.termination == .exited(1), "\(result.errorOutput.text)")
        return result.output.text
    }
}

/// A random tree of files and folders with random ignore files in it. Few letters, so that patterns hit.
private struct Tree {
    var folders: [String] = []
    var files: [String] = []
    var ignoreFiles: [String: String] = [:]

    init(using random: inout some RandomNumberGenerator) {
        var parents = [""]
        for _ in 0..<30 {
            let parent = parents.randomElement(using: &random) ?? ""
            let path = FilePath.join(parent, Self.name(using: &random))
            if folders.contains(path) || files.contains(path) { continue }
            if Bool.random(using: &random), path.split(separator: "/").count < 4 {
                folders.append(path)
                parents.append(path)
            } else {
                files.append(path)
            }
        }
        for folder in [""] + folders where folder.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
            ignoreFiles[FilePath.join(folder, ".gitignore")] = Self.lines(using: &random)
        }
        if Bool.random(using: &random) { ignoreFiles[".git/info/exclude"] = Self.lines(using: &random) }
    }

    private static func name(using random: inout some RandomNumberGenerator) -> String {
        let letters = "abbcA1-. #!"
        let name = String((0..<Int.random(in: 1...3, using: &random)).compactMap { _ in letters.randomElement(using: &random) })
        return name.allSatisfy { $0 == "." || $0 == " " } ? "a" : name
    }

    private static func lines(using random: inout some RandomNumberGenerator) -> String {
        (0..<Int.random(in: 1...5, using: &random)).map { _ in line(using: &random) }.joined(separator: "\n") + "\n"
    }

    private static func line(using random: inout some RandomNumberGenerator) -> String {
        let pieces = [
            "a", "b", "b", "c", "A", "1", "-", ".", " ", "*", "*", "**", "**/", "/**/", "/**", "/", "/", "?", "[ab]", "[!a]", "[^b-c]",
            "[]a]",
            "[[:alpha:]]", "[a-", "\\a", "\\ ", "\\*", "[[:upper:]1]", "[c-a]", "[\\]a]", "***", "#", "!",
        ]
        var line = (0..<Int.random(in: 1...5, using: &random)).compactMap { _ in pieces.randomElement(using: &random) }.joined()
        if Int.random(in: 0..<4, using: &random) == 0 { line = "!" + line }
        if Int.random(in: 0..<4, using: &random) == 0 { line = "/" + line }
        if Int.random(in: 0..<4, using: &random) == 0 { line += "/" }
        if Int.random(in: 0..<9, using: &random) == 0 { line += "  " }
        return line
    }
}
