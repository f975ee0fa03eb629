import LoomRepository
import LoomSystem
import Testing

@Suite struct ProjectRulesTests {
    @Test func `the files are read in a fixed order`() async throws {
        try await withTemporaryFolder { folder in
            try write(["CLAUDE.md": "three", "AGENTS.md": "\ntwo\n\n", "LOOMKIN.md": "one"], in: folder)
            let rules = ProjectRules(root: folder, files: LiveFileSystem())
            #expect(rules.documents.map(\.name) == ["LOOMKIN.md", "AGENTS.md", "CLAUDE.md"])
            #expect(
                rules.excerpt().text == """
                    # Rules of this project, from LOOMKIN.md

                    one

                    # Rules of this project, from AGENTS.md

                    two

                    # Rules of this project, from CLAUDE.md

                    three
                    """)
        }
    }

    @Test func `LOOMKIN.md wins over .loomkin.md, which stands in for it`() async throws {
        try await withTemporaryFolder { folder in
            try write([".loomkin.md": "hidden"], in: folder)
            #expect(ProjectRules(root: folder, files: LiveFileSystem()).documents.map(\.name) == [".loomkin.md"])
            try write(["LOOMKIN.md": "shown"], in: folder)
            #expect(ProjectRules(root: folder, files: LiveFileSystem()).documents.map(\.text) == ["shown"])
        }
    }

    @Test func `without rules there is no text`() async throws {
        try await withTemporaryFolder { folder in
            try write(["AGENTS.md": " \n"], in: folder)
            #expect(ProjectRules(root: folder, files: LiveFileSystem()).excerpt().text.isEmpty)
        }
    }

    @Test func `a long file is cut between characters, and the text says so`() async throws {
        try await withTemporaryFolder { folder in
            try write(["AGENTS.md": "x" + String(repeating: "é", count: 20_000)], in: folder)
            let document = try #require(ProjectRules(root: folder, files: LiveFileSystem()).documents.first)
            #expect(document.isCut)
            #expect(document.text.utf8.count == ProjectRules.sizeLimit - 1)
            #expect(!document.text.contains("\u{FFFD}"))
            #expect(
                ProjectRules(root: folder, files: LiveFileSystem()).excerpt().text.hasSuffix(
                    "(AGENTS.md is cut here: 32767 of 40001 bytes are shown. "
                        + "Read the file for the rest before you change what it may speak of.)"))
        }
    }

    @Test func `a file that repeats another, or leads out of the project, is left out`() async throws {
        try await withTemporaryFolder { folder in
            let files = LiveFileSystem()
            try write(["outside": "secret", "p/AGENTS.md": "same"], in: folder)
            try files.makeSymlink("\(folder)/p/CLAUDE.md", to: "AGENTS.md")
            try files.makeSymlink("\(folder)/p/LOOMKIN.md", to: "../outside")
            #expect(ProjectRules(root: "\(folder)/p", files: files).documents.map(\.name) == ["AGENTS.md"])
        }
    }

    @Test(
        "more than there is room for is cut at the end of a line, and the text names the file",
        arguments: [
            (1_000, "one\ntwo\nthree", "four", []),
            (17, "one\ntwo\nthree", "four", []),
            (16, "one\ntwo\nthree", "fou", ["CLAUDE.md"]),
            (13, "one\ntwo\nthree", "", ["CLAUDE.md"]),
            (12, "one\ntwo", "four", ["AGENTS.md"]),
            (5, "one", "fo", ["AGENTS.md", "CLAUDE.md"]),
            (0, "", "", ["AGENTS.md", "CLAUDE.md"]),
        ])
    func cut(bytes: Int, first: String, second: String, names: [String]) async throws {
        try await withTemporaryFolder { folder in
            try write(["AGENTS.md": "one\ntwo\nthree\n", "CLAUDE.md": "four"], in: folder)
            let excerpt = ProjectRules(root: folder, files: LiveFileSystem()).excerpt(bytes: bytes)
            #expect(excerpt.cuts.map(\.name) == names)
            #expect(excerpt.text.contains("from AGENTS.md\n\n\(first)"))
            #expect(excerpt.text.contains("from CLAUDE.md\n\n\(second)"))
            for cut in excerpt.cuts {
                #expect(excerpt.text.contains("(\(cut.name) is cut here: \(cut.shown) of \(cut.size) bytes are shown."))
            }
        }
    }
}
