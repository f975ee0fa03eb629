import LoomRepository
import LoomSystem
import Testing

@Suite struct IgnoreRulesTests {
    /// Lines of one `.gitignore`, a path (a folder when it ends in a slash), and whether it is ignored.
    @Test(
        "follows gitignore(5)",
        arguments: [
            ("*.log", "x.log", true), ("*.log", "a/b/x.log", true), ("*.log", "x.log.txt", false),
            ("*.log\n!keep.log", "keep.log", false), ("!keep.log\n*.log", "keep.log", true),
            ("build", "build/", true), ("build", "a/build", true), ("build/", "build", false), ("build/", "a/build/", true),
            ("build/", "build/x/y", true), ("/build", "a/build", false), ("/build", "build", true),
            ("a/b", "a/b", true), ("a/b", "c/a/b", false), ("a/b/", "a/b/c", true),
            ("build/\n!build/keep", "build/keep", true), ("build/*\n!build/keep", "build/keep", false),
            ("**/cache", "cache/", true), ("**/cache", "a/b/cache/x", true), ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true),
            ("a/**", "a/b", true), ("a/**", "a/", false), ("a/*", "a/b/c", true),
            ("# comment", "# comment", false), ("\\#x", "#x", true), ("\\!x", "!x", true),
            ("x  ", "x", true), ("x\\ ", "x ", true), ("x\\ ", "x", false), ("\u{FEFF}x", "x", true), ("x\r\ny", "x", true),
            ("[ab].c", "b.c", true), ("[!ab].c", "b.c", false), ("[", "[", false), ("x\\", "x\\", false), ("?", "ab", false),
            ("/", "x", false), ("!", "x", false), ("\n\n", "x", false),
            ("", ".git/", true), ("", "a/.git/config", true), ("!.git\n!.loomkin", ".loomkin/state", true),
        ])
    func follows(_ lines: String, _ path: String, _ expected: Bool) {
        var rules = IgnoreRules()
        rules.add(lines)
        let isFolder = path.hasSuffix("/")
        #expect(rules.ignores(isFolder ? String(path.dropLast()) : path, isFolder: isFolder) == expected, "\(lines) on \(path)")
    }

    @Test func `deeper files win over higher ones, and speak of their own folder only`() {
        var rules = IgnoreRules()
        rules.add("*.log\n/top")
        rules.add("!*.log\n/own", in: "sub")
        #expect(rules.ignores("x.log", isFolder: false))
        #expect(!rules.ignores("sub/x.log", isFolder: false))
        #expect(!rules.ignores("sub/deep/x.log", isFolder: false))
        #expect(rules.ignores("subx/x.log", isFolder: false))
        #expect(rules.ignores("sub/own", isFolder: false))
        #expect(!rules.ignores("sub/top", isFolder: false))
        #expect(!rules.ignores("own", isFolder: false))
    }

    @Test func `the files of a repository are read down to the path that is asked for`() async throws {
        let files = LiveFileSystem()
        try await withTemporaryFolder { folder in
            try files.write("secret\n*.o", to: "\(folder)/.git/info/exclude", options: .init(createsParents: true))
            try files.write("!keep.o\n/app/out", to: "\(folder)/.gitignore")
            try files.write("*.tmp", to: "\(folder)/app/.gitignore", options: .init(createsParents: true))
            try files.write("!x.tmp", to: "\(folder)/app/a/b/.gitignore", options: .init(createsParents: true))
            // The workspace is a folder inside the repository.
            let rules = IgnoreRules(root: "\(folder)/app", files: files)
            #expect(rules.ignores("secret", isFolder: false))
            #expect(rules.ignores("m.o", isFolder: false))
            #expect(!rules.ignores("keep.o", isFolder: false))
            #expect(rules.ignores("out", isFolder: true))
            #expect(!rules.ignores("a/out", isFolder: true))
            #expect(rules.ignores("a/x.tmp", isFolder: false))
            #expect(!rules.ignores("a/b/x.tmp", isFolder: false))
        }
    }

    @Test func `a worktree uses the exclude file of its repository`() async throws {
        let files = LiveFileSystem()
        try await withTemporaryFolder { folder in
            try files.write("secret", to: "\(folder)/main/.git/info/exclude", options: .init(createsParents: true))
            try files.write("../..\n", to: "\(folder)/main/.git/worktrees/w/commondir", options: .init(createsParents: true))
            try files.write("gitdir: \(folder)/main/.git/worktrees/w\n", to: "\(folder)/w/.git", options: .init(createsParents: true))
            #expect(IgnoreRules(root: "\(folder)/w", files: files).ignores("secret", isFolder: false))
        }
    }
}
