import LoomSystem
import Testing

@Suite struct FilePathTests {
    @Test(arguments: [("/a", "b", "/a/b"), ("/a/", "b", "/a/b"), ("/a", "/b", "/b"), ("", "b", "b"), ("/", "b", "/b")])
    func `paths are joined`(base: String, path: String, expected: String) {
        #expect(FilePath.join(base, path) == expected)
    }

    @Test(arguments: [
        ("/a/b.txt", "/a", "b.txt", "txt"), ("b", ".", "b", ""), ("/b", "/", "b", ""), ("a/b/", "a", "b", ""), ("/", "/", "", ""),
        ("//a//b", "//a", "b", ""),
        ("x/.git", "x", ".git", ""), ("a.b/c.tar.gz", "a.b", "c.tar.gz", "gz"),
    ])
    func `a path has a parent, a name and an extension`(path: String, parent: String, name: String, ending: String) {
        #expect(FilePath.parent(of: path) == parent)
        #expect(FilePath.name(of: path) == name)
        #expect(FilePath.extension(of: path) == ending)
    }

    @Test(
        arguments: [
            ("/a/b", "/a", "b"), ("/a", "/a", ""), ("/ab", "/a", nil), ("/a", "/", "a"), ("/b", "/a", nil), ("/e\u{301}", "/\u{e9}", nil),
        ] as [(String, String, String?)])
    func `a path is told relative to another`(path: String, root: String, expected: String?) {
        #expect(FilePath.relative(path, to: root) == expected)
    }
}
