import LoomSystem
import Testing

@testable import LoomRepository

/// What outlines tell, with the real grammars.
@Suite struct OutlineSymbolsTests {
    private func rows(_ path: String, _ source: String) async throws -> [String] {
        try await outliner(in: grammarsPath()).outline(of: source, path: path).symbols.map {
            String(repeating: "  ", count: $0.depth) + "\($0.firstLine)-\($0.lastLine) \($0.kind) \($0.name)"
        }
    }

    @Test func `Python: classes hold their methods, and methods their functions`() async throws {
        let source = """
            LIMIT = 3

            class Shelf:
                def add(self, book):
                    def check():
                        return LIMIT
                    return check()

                def empty(self): pass

            def main():
                Shelf()

            """
        #expect(
            try await self.rows("a/shelf.py", source) == [
                "1-1 constant LIMIT", "3-9 class Shelf", "  4-7 function add", "    5-6 function check", "  9-9 function empty",
                "11-12 function main",
            ])
    }

    @Test func `JavaScript: functions of every way to write them, and a predicate that leaves constructors out`() async throws {
        let source = """
            // Reads.
            function parse(text) {
              return text
            }

            class Reader {
              constructor() {}
              /* Next. */
              next() { return 1 }
            }

            const twice = (n) => n * 2
            module.exports.once = function () {}

            """
        #expect(
            try await self.rows("reader.mjs", source) == [
                "2-4 function parse", "6-10 class Reader", "  9-9 method next", "12-12 function twice", "13-13 function once",
            ])
    }

    @Test func `names keep their letters, and lines are counted behind them`() async throws {
        #expect(try await self.rows("a.py", "é = '😀'\ndef größe():\n    pass\n") == ["1-1 constant é", "2-3 function größe"])
    }

    @Test(arguments: ["", "\n", "def", "((((((", "\u{0}\u{1}"])
    func `a source with nothing in it, or nothing right, has an outline without symbols`(source: String) async throws {
        #expect(try await self.rows("a.py", source) == [])
    }

    @Test func `what stands around a mistake is still found`() async throws {
        #expect(try await self.rows("a.py", "def one():\n    pass\n\nx = = (\n\ndef two():\n    pass\n").contains("1-2 function one"))
    }

    @Test(arguments: [
        ("a.js", "// c\n", 100_000), ("a.js", "function f() {", 3_000), ("a.py", "(", 200_000),
    ])
    func `a source that the parser does not survive costs its own outline and nothing else`(path: String, piece: String, count: Int)
        async throws
    {
        let outliner = try outliner(in: grammarsPath())
        do throws(OutlineError) {
            _ = try await outliner.outline(of: String(repeating: piece, count: count), path: path)
        } catch {
            guard case .ended(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            // A sanitizer takes the signal and ends the process itself.
            #expect(reason.hasPrefix("signal") || ["exit status 1", "exit status 66"].contains(reason))
        }
    }

    @Test func `outlines made at the same time are the same`() async throws {
        let outliner = try outliner(in: grammarsPath())
        let source = String(repeating: "def f():\n    pass\n", count: 200)
        let outlines = try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { try await outliner.outline(of: source, path: "a.py") } }
            return try await group.reduce(into: Set<Outline>()) { $0.insert($1) }
        }
        #expect(outlines.count == 1 && outlines.first?.symbols.count == 200)
    }
}

/// With the built `loomkin` to make them.
func outliner(in folder: String) throws -> Outliner {
    let program = FilePath.parent(of: try LiveFileSystem().realPath("/proc/self/exe")) + "/loomkin"
    try #require(LiveFileSystem().exists(program), "build the product loomkin first")
    return Outliner(Grammars([GrammarFolder(folder, files: LiveFileSystem())]), program: program, runner: LiveProcessRunner())
}

/// Where `make grammars` puts them in the source tree.
func grammarsPath() throws -> String {
    let folder = (0..<4).reduce("\(#filePath)") { path, _ in FilePath.parent(of: path) } + "/grammars"
    try #require(
        LiveFileSystem().exists(folder + "/python.so") && LiveFileSystem().exists(folder + "/javascript.so"),
        "get the grammars first: make grammars")
    return folder
}
