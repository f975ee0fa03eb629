import LoomSystem
import Testing

@testable import LoomRepository

/// Grammars that are not there, or not what they should be.
@Suite struct GrammarSymbolsTests {
    private func failure(_ path: String, in folder: String, size: Int = 1) async throws -> OutlineError? {
        let outliner = try outliner(in: folder)
        do throws(OutlineError) {
            _ = try await outliner.outline(of: String(repeating: "\n", count: size), path: path)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("a.py", "python"), ("A.PYI", "python"), ("x/b.tsx", "tsx"), ("b.ts", "typescript"), ("c.jsx", "javascript"), ("m.go", "go"),
        ("m.rs", "rust"), ("m.rb", "ruby"), ("M.java", "java"), ("m.c", "c"), ("m.h", "c"), ("m.hpp", "cpp"), ("m.cc", "cpp"),
        ("m.exs", "elixir"),
    ])
    func `the ending says the language`(path: String, name: String) {
        #expect(Language(path: path)?.name == name)
    }

    @Test(arguments: ["README", ".py", "a.txt", "a.py/b", ""])
    func `other endings say none`(path: String) async throws {
        #expect(Language(path: path) == nil)
        #expect(try await self.failure(path, in: "/nowhere") == .unknownEnding(FilePath.extension(of: path)))
    }

    @Test func `without a grammar the ending and the remedy are told`() async throws {
        let error = try #require(try await self.failure("a.py", in: "/nowhere"))
        #expect(error == .noGrammar(language: "python", ending: "py"))
        #expect(error.description.contains(".py") && error.description.contains("make grammars"))
    }

    @Test func `a library without its query is no grammar`() async throws {
        try await withTemporaryFolder { folder in
            try write(["python.so": "x"], in: folder)
            #expect(try await self.failure("a.py", in: folder) == .noGrammar(language: "python", ending: "py"))
        }
    }

    @Test func `a file that is no shared object is refused with a reason`() async throws {
        try await withTemporaryFolder { folder in
            try write(["python.so": "This is text.", "python.tags.scm": "(module) @name"], in: folder)
            guard case .refused(language: "python", let reason)? = try await self.failure("a.py", in: folder) else {
                Issue.record("it was not refused")
                return
            }
            #expect(reason.contains("python.so"))
        }
    }

    @Test func `a shared object without the language is refused`() async throws {
        let installed = try grammarsPath()
        let library = try #require(
            ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"].first(where: LiveFileSystem().exists))
        try await withTemporaryFolder { folder in
            try LiveFileSystem().makeSymlink(folder + "/python.so", to: library)
            try LiveFileSystem().makeSymlink(folder + "/python.tags.scm", to: installed + "/python.tags.scm")
            #expect(try await self.failure("a.py", in: folder) == .refused(language: "python", reason: "it holds no language python"))
        }
    }

    @Test(arguments: [
        "(no_such_node) @definition.class", "(((", "(module) @name", "(module) @definition.module",
    ])
    func `a query that does not fit or defines nothing is refused`(query: String) async throws {
        let installed = try grammarsPath()
        try await withTemporaryFolder { folder in
            try LiveFileSystem().makeSymlink(folder + "/python.so", to: installed + "/python.so")
            try write(["python.tags.scm": query], in: folder)
            guard case .refused(language: "python", _)? = try await self.failure("a.py", in: folder) else {
                Issue.record("it was not refused")
                return
            }
        }
    }

    @Test func `a pattern with a predicate that is not known does not match, others do`() async throws {
        let installed = try grammarsPath()
        try await withTemporaryFolder { folder in
            try LiveFileSystem().makeSymlink(folder + "/python.so", to: installed + "/python.so")
            let query = """
                ((class_definition name: (identifier) @name) @definition.class (#weather? @name "sunny"))
                ((function_definition name: (identifier) @name) @definition.function (#match? @name "^t") (#any-of? @name "two" "three"))
                """
            try write(["python.tags.scm": query], in: folder)
            let source = "class A: pass\ndef one(): pass\ndef two(): pass\ndef ten(): pass\n"
            #expect(try await outliner(in: folder).outline(of: source, path: "a.py").symbols.map(\.name) == ["two"])
        }
    }

    @Test func `versions outside of what the library takes are refused`() throws {
        #expect(Grammar.versions == 13...14)
        #expect(Grammar.refusal(version: 13) == nil && Grammar.refusal(version: 14) == nil)
        for version: UInt32 in [0, 12, 15, .max] {
            #expect(try #require(Grammar.refusal(version: version)).contains("\(version)"))
        }
    }

    @Test func `a source over the limit is not parsed`() async throws {
        let size = Outline.sizeLimit + 1
        #expect(
            try await self.failure("a.py", in: grammarsPath(), size: size) == .tooLarge(size: size, limit: Outline.sizeLimit))
    }

    @Test func `every grammar that is installed can be used`() throws {
        let found = Grammars([GrammarFolder(try grammarsPath(), files: LiveFileSystem())]).check()
        #expect(found.refused == [])
        #expect(found.usable.map(\.name).contains("python"))
    }
}
