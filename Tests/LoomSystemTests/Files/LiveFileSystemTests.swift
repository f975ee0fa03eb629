import Glibc
import LoomSystem
import Testing

@Suite struct LiveFileSystemTests {
    private let files = LiveFileSystem()

    @Test func `a FIFO is refused at once instead of waited for`() throws {
        let directory = try TemporaryDirectory()
        let path = directory("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError(.notRegularFile, path: path)) { try files.read(path) }
        #expect(throws: FileError(.notRegularFile, path: path)) { try files.write("x", to: path) }
        #expect(throws: FileError(.notRegularFile, path: path)) { try files.append([1], to: path) }
        #expect(throws: FileError(.notRegularFile, path: "/dev/null")) { try files.write("x", to: "/dev/null") }
    }

    @Test func `a file that states no size is read to its end`() throws {
        #expect(try files.read("/proc/self/status").count > 100)
    }

    @Test func `a failed write leaves the old content and no temporary file`() throws {
        let directory = try TemporaryDirectory()
        try files.write("old", to: directory("a"))
        try files.makeDirectory(directory("sub"))
        #expect(throws: FileError.self) { try files.write("x", to: directory("sub")) }
        #expect(throws: FileError.self) { try files.write("x", to: directory("a/b"), options: WriteOptions(createsParents: true)) }
        #expect(try files.list(directory.path).map(\.name) == ["a", "sub"])
        #expect(try files.read(directory("a")) == Array("old".utf8))
    }

    @Test func `a new file obeys the umask, and its status is that of the system`() throws {
        let directory = try TemporaryDirectory()
        try files.write("four", to: directory("a"))
        let status = try files.status(of: directory("a"))
        #expect(status.kind == .file)
        #expect(status.size == 4)
        #expect(status.mode & 0o111 == 0)
        #expect(status.inode != 0)
        #expect(status.modified > Timestamp(seconds: 1_700_000_000))
        #expect(try files.status(of: "/dev/null").kind == .other)
    }

    @Test func `no descriptor is left open`() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<2_000 {
            try files.write("x", to: directory("a"), options: WriteOptions())
            _ = try files.read(directory("a"))
            _ = try files.list(directory.path)
            _ = try? files.read(directory.path)
        }
        // A leak of one a round would be past the usual limit of 1,024 by now.
        #expect(try files.read(directory("a")) == [UInt8(ascii: "x")])
    }

    @Test func `names that are not UTF-8 are not listed`() throws {
        let directory = try TemporaryDirectory()
        let name = directory("bad").utf8.map { CChar(bitPattern: $0) } + [-1, 0]
        let number = creat(name, 0o600)
        #expect(number >= 0)
        close(number)
        #expect(try files.list(directory.path) == [])
        // So that the directory can be removed.
        unlink(name)
    }
}

@Suite struct MemoryFileSystemTests {
    @Test func `failures come on request`() throws {
        let files = MemoryFileSystem(["/a": "x"])
        files.fail("/a", with: .noSpace)
        #expect(throws: FileError(.noSpace, path: "/a")) { try files.write("y", to: "/a") }
        files.fail("/a", with: nil)
        try files.write("y", to: "/a")
        #expect(try files.read("/a") == [UInt8(ascii: "y")])
    }

    @Test func `relative paths start at the current directory`() throws {
        let files = MemoryFileSystem(["/home/ada/x": "1"], currentDirectory: "/home/ada")
        #expect(try files.read("x") == [UInt8(ascii: "1")])
        #expect(try files.realPath("../ada/x") == "/home/ada/x")
    }
}
