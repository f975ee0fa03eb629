import LoomRepository
import LoomSystem
import Testing
import Glibc

/// The judge of what git ignores is git.
@Suite struct IgnoreRulesAgainstGitTests {
    @Test("random patterns and paths are decided as git decides them", arguments: [1, 2, 3, 4] as [UInt64])
    func agrees(_ run: UInt64) async throws {
        let seed = run
        var random = RandomGenerator(source: SeededRandom(seed: seed))
        let files = LiveFileSystem()
        try await withTemporaryFolder { folder in
            _ = try await git(["init", "-q"], in: folder)
            for _ in 0..<25 {
                let tree = Tree(using: &random)
                let top = "\(folder)/round"
                _ = try? files.remove(top, recursively: true)
                try files.makeDirectory(top)
                _ = try await git(["init", "-q"], in: top)
                for path in tree.folders { try files.makeDirectory("\(top)/\(path)") }
                try write(Dictionary(uniqueKeysWithValues: tree.files.map { ($0, "") }), in: top)
                try write(tree.ignoreFiles, in: top)
                let rules = IgnoreRules(root: top, files: files)
                let paths = tree.folders + tree.files
                try files.write(paths.map { $0 + "\0" }.joined(), to: "\(folder)/paths")
                let ignored = try await Set(git(["check-ignore", "-z", "--stdin"], in: top, input: "\(folder)/paths").split(separator: "\0").map(String.init))
                for path in paths {
                    let expected = ignored.contains(path)
                    #expect(
                        rules.ignores(path, isFolder: tree.folders.contains(path)) == expected,
                        "git \(expected ? "ignores" : "keeps") \(path); seed \(seed), rules \(tree.ignoreFiles)")
                }
            }
        }
    }
    private func git(_ arguments: [String], in folder: String, input: String = "/dev/null") async throws -> String {
        let p = popen("cd \(folder) && GIT_CONFIG_GLOBAL=/dev/null git \(arguments.joined(separator: " ")) < \(input)", "r")
        var bytes: [UInt8] = []
        while true { let c = fgetc(p); if c < 0 { break }; bytes.append(UInt8(c)) }
        pclose(p)
        return String(decoding: bytes, as: UTF8.self)
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
            "a", "b", "b", "c", "A", "1", "-", ".", " ", "*", "*", "**", "**/", "/**/", "/**", "/", "/", "?", "[ab]", "[!a]", "[^b-c]", "[]a]",
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
