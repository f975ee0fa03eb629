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
                rules.text == """
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
            #expect(ProjectRules(root: folder, files: LiveFileSystem()).text.isEmpty)
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
                ProjectRules(root: folder, files: LiveFileSystem()).text.hasSuffix(
                    "(AGENTS.md is cut here: 32767 of 40001 bytes are shown.)"))
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
}
