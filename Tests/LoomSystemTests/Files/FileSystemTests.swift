import LoomSystem
import Testing

enum Kind: CaseIterable, Sendable { case live, memory }

/// A file system and an empty directory in it.
struct Place {
    let files: any FileSystem
    let root: String
    private let directory: TemporaryDirectory?

    init(_ kind: Kind) throws {
        switch kind {
        case .live:
            let directory = try TemporaryDirectory()
            self.directory = directory
            files = LiveFileSystem()
            root = directory.path
        case .memory:
            directory = nil
            files = MemoryFileSystem(["/project/.keep": ""])
            root = "/project"
            try files.remove("/project/.keep")
        }
    }

    func callAsFunction(_ name: String) -> String { FilePath.join(root, name) }
}

/// Each test runs on the machine's files and on those in memory, which must behave alike.
@Suite struct FileSystemTests {
    @Test(arguments: Kind.allCases) func `what is written is read`(kind: Kind) throws {
        let place = try Place(kind)
        try place.files.write("one", to: place("a"))
        #expect(try place.files.read(place("a")) == Array("one".utf8))
        try place.files.write("three", to: place("a"))
        #expect(try place.files.read(place("a")) == Array("three".utf8))
        try place.files.append(Array("!".utf8), to: place("a"))
        try place.files.append(Array("new".utf8), to: place("b"))
        #expect(try place.files.read(place("a"), range: 3..<99) == Array("ee!".utf8))
        #expect(try place.files.read(place("a"), range: 99..<100) == [])
        #expect(try place.files.list(place.root).map(\.name) == ["a", "b"])
    }

    @Test(arguments: Kind.allCases) func `a file too large is refused, one just fitting is not`(kind: Kind) throws {
        let place = try Place(kind)
        let bytes = [UInt8](repeating: 7, count: 10_000)
        try place.files.write(bytes, to: place("a"))
        #expect(try place.files.read(place("a"), limit: 10_000) == bytes)
        #expect(throws: FileError(.tooLarge(limit: 9_999), path: place("a"))) { try place.files.read(place("a"), limit: 9_999) }
    }

    @Test(arguments: Kind.allCases) func `what is there is not created again`(kind: Kind) throws {
        let place = try Place(kind)
        let files = place.files
        try files.create(place("new"), mode: 0o600)
        #expect(try files.read(place("new")) == [])
        #expect(try files.status(of: place("new")).mode & 0o777 == 0o600)
        try files.write("x", to: place("new"))
        try files.makeSymlink(place("link"), to: place("elsewhere"))
        try files.makeDirectory(place("dir"))
        for name in ["new", "link", "dir"] { try files.create(place(name), mode: 0o600) }
        #expect(try files.read(place("new")) == Array("x".utf8))
        #expect(!files.exists(place("elsewhere")))
        #expect(throws: FileError(.notFound, path: place("none/x"))) { try files.create(place("none/x"), mode: 0o600) }
    }

    @Test(arguments: Kind.allCases) func `errors say what is wrong with which path`(kind: Kind) throws {
        let place = try Place(kind)
        let files = place.files
        try files.write("x", to: place("file"))
        try files.makeDirectory(place("dir/sub"))
        #expect(throws: FileError(.notFound, path: place("none"))) { try files.read(place("none")) }
        #expect(throws: FileError(.notFound, path: place("none/x"))) { try files.write("", to: place("none/x")) }
        #expect(throws: FileError(.isDirectory, path: place("dir"))) { try files.read(place("dir")) }
        #expect(throws: FileError(.isDirectory, path: place("dir"))) { try files.write("", to: place("dir")) }
        #expect(throws: FileError(.notDirectory, path: place("file/x"))) { try files.read(place("file/x")) }
        #expect(throws: FileError(.notDirectory, path: place("file/x"))) { try files.write("", to: place("file/x")) }
        #expect(throws: FileError(.notDirectory, path: place("file"))) { try files.list(place("file")) }
        #expect(throws: FileError(.notEmpty, path: place("dir"))) { try files.remove(place("dir")) }
        #expect(throws: FileError(.alreadyExists, path: place("dir"))) { try files.makeDirectory(place("dir"), withParents: false) }
        #expect(throws: FileError(.notFound, path: place("none"))) { try files.remove(place("none")) }
        #expect(throws: FileError(.notFound, path: place("none"))) { try files.rename(place("none"), to: place("x")) }
        #expect(throws: FileError(.invalidPath, path: "a\0b")) { try files.read("a\0b") }
        #expect(throws: FileError(.invalidPath, path: "")) { try files.write("", to: "") }
        #expect(FileError(.notFound, path: "/x/y").description == "/x/y does not exist.")
    }

    @Test(arguments: Kind.allCases) func `directories are made, listed and removed`(kind: Kind) throws {
        let place = try Place(kind)
        let files = place.files
        try files.write("x", to: place("a/b/c.txt"), options: WriteOptions(createsParents: true))
        try files.makeDirectory(place("a/b"))
        try files.makeDirectory(place("a/d"), withParents: false)
        try files.makeSymlink(place("a/link"), to: "b")
        #expect(
            try files.list(place("a")) == [
                DirectoryEntry(name: "b", kind: .directory), DirectoryEntry(name: "d", kind: .directory),
                DirectoryEntry(name: "link", kind: .symlink),
            ])
        #expect(files.exists(place("a/link/c.txt")))
        #expect(files.isDirectory(place("a/link")))
        try files.rename(place("a"), to: place("z"))
        #expect(try files.read(place("z/b/c.txt")) == Array("x".utf8))
        #expect(!files.exists(place("a")))
        try files.remove(place("z/link"))
        #expect(files.exists(place("z/b/c.txt")))
        try files.makeSymlink(place("z/out"), to: place.root)
        try files.remove(place("z"), recursively: true)
        #expect(try files.list(place.root) == [])
    }

    @Test(arguments: Kind.allCases) func `writing follows a link and keeps the mode`(kind: Kind) throws {
        let place = try Place(kind)
        let files = place.files
        try files.write("old", to: place("script"))
        try files.setMode(0o751, of: place("script"))
        try files.makeSymlink(place("link"), to: "script")
        try files.write("new", to: place("link"))
        #expect(try files.status(of: place("link"), followingSymlinks: false).kind == .symlink)
        #expect(try files.target(ofSymlink: place("link")) == "script")
        #expect(try files.read(place("script")) == Array("new".utf8))
        #expect(try files.status(of: place("script")).mode == 0o751)
        try files.makeSymlink(place("dangling"), to: "made")
        #expect(!files.exists(place("dangling")))
        try files.write("x", to: place("dangling"), options: WriteOptions(isDurable: true, mode: 0o600))
        #expect(try files.status(of: place("made")).mode == 0o600)
    }

    @Test(arguments: Kind.allCases) func `an open file stays what it was when it is replaced`(kind: Kind) throws {
        let place = try Place(kind)
        try place.files.write("old content", to: place("a"))
        let file = try place.files.open(place("a"))
        try place.files.write("new", to: place("a"))
        #expect(try file.read(at: 4, count: 100) == Array("content".utf8))
        #expect(try file.status.size == 11)
    }

    @Test(arguments: Kind.allCases) func `lines are those of splitting the whole`(kind: Kind) throws {
        let place = try Place(kind)
        let seeded = Seeded()
        for _ in 0..<30 {
            let bytes = seeded.bytes(upTo: 300).map { $0 % 5 == 0 ? UInt8(ascii: "\n") : $0 }
            try place.files.write(bytes, to: place("a"))
            var expected = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
            if expected.last == [] { expected.removeLast() }
            var lines: [[UInt8]] = []
            try place.files.forEachLine(of: place("a")) {
                lines.append($0)
                return true
            }
            #expect(lines == expected, seeded.comment)
        }
    }

    @Test(arguments: Kind.allCases) func `long lines come in parts, and a large file in pieces`(kind: Kind) throws {
        let place = try Place(kind)
        try place.files.write("aaaaa\nbb\ncccc", to: place("a"))
        var lines = FileLines(try place.files.open(place("a")), maximumLength: 2)
        var all: [String] = []
        while let line = try lines.next() { all.append(String(decoding: line, as: UTF8.self)) }
        #expect(all == ["aa", "aa", "a", "bb", "cc", "cc"])
        let big = (0..<40_000).map { "line \($0)" }.joined(separator: "\n")
        try place.files.write(big, to: place("big"))
        var count = 0
        try place.files.forEachLine(of: place("big")) { line in
            count += line == Array("line \(count)".utf8) ? 1 : 0
            return true
        }
        #expect(count == 40_000)
        var first = 0
        try place.files.forEachLine(of: place("big")) { _ in
            first += 1
            return false
        }
        #expect(first == 1)
    }

    @Test(arguments: Kind.allCases) func `a real path has no links, and unknown tails are kept`(kind: Kind) throws {
        let place = try Place(kind)
        let files = place.files
        try files.makeDirectory(place("a/b"))
        try files.write("x", to: place("a/file"))
        try files.makeSymlink(place("to-b"), to: "a/b")
        try files.makeSymlink(place("absolute"), to: place("a"))
        try files.makeSymlink(place("self"), to: "self")
        try files.makeSymlink(place("ping"), to: "pong")
        try files.makeSymlink(place("pong"), to: "ping")
        let table = [
            "a/./b//": "a/b", "to-b": "a/b", "to-b/..": "a", "to-b/../file": "a/file", "absolute/b/new/x": "a/b/new/x", "new/../a": "a",
            "none": "none",
            "to-b/none/../..": "a",
        ]
        for (path, expected) in table {
            #expect(try files.realPath(place(path)) == place(expected), "\(path)")
        }
        #expect(try files.realPath("/../../") == "/")
        for path in ["self", "ping", "ping/x"] {
            #expect(throws: FileError(.tooManySymlinks, path: place(path))) { try files.realPath(place(path)) }
        }
        #expect(throws: FileError(.notDirectory, path: place("a/file/x"))) { try files.realPath(place("a/file/x")) }
    }

    @Test(arguments: Kind.allCases) func `a path is confined to the project`(kind: Kind) throws {
        let place = try Place(kind)
        let files = place.files
        try files.makeDirectory(place("project/src"))
        try files.makeDirectory(place("project-other"))
        try files.makeSymlink(place("project/out"), to: "../project-other")
        try files.makeSymlink(place("project/gone"), to: "/nowhere/at/all")
        try files.makeSymlink(place("project/in"), to: "src")
        try files.makeSymlink(place("link-to-project"), to: "project")
        for root in ["project", "link-to-project"] {
            let inside = [
                "": "project", ".": "project", "src/../src/x": "project/src/x", "in/new": "project/src/new",
                place("project/src"): "project/src",
                "../project/src": "project/src", place("link-to-project/src"): "project/src",
            ]
            for (path, expected) in inside where !path.isEmpty {
                #expect(try files.confine(path, to: place(root)) == place(expected), "\(path)")
            }
            for path in [
                "..", "../project-other", "out", "out/x", "gone", "gone/x", "/", "/etc/passwd", place("project-other"), "src/../../x",
            ] {
                let error = #expect(throws: FileError.self, "\(path)") { try files.confine(path, to: place(root)) }
                #expect(error?.description == "\(path) is outside the project.")
            }
        }
        #expect(try files.confine("/etc", to: "/") == "/etc")
    }
}
