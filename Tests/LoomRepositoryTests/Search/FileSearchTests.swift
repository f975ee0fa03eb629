import Glibc
import LoomRepository
import LoomSystem
import Testing

@Suite struct FileSearchTests {
    private let files = LiveFileSystem()

    private func find(_ pattern: String, in root: String, limit: Int = 200) async throws -> [String] {
        try await FileSearch(root: root, files: files).find(pattern, limit: limit).files.map(\.path)
    }

    @Test func `ignored files are left out, hidden ones are not`() async throws {
        try await withTemporaryFolder { folder in
            try write(
                [
                    ".gitignore": "out/\n*.log", "a.swift": "", ".hidden.swift": "", "out/b.swift": "", "s/c.swift": "",
                    "s/.gitignore": "d.swift", "s/d.swift": "", ".git/e.swift": "", ".loomkin/f.swift": "", "s/g.txt": "",
                ], in: folder)
            #expect(try await Set(find("*.swift", in: folder)) == [".hidden.swift", "a.swift", "s/c.swift"])
            #expect(try await Set(find("**/*.swift", in: folder)) == [".hidden.swift", "a.swift", "s/c.swift"])
            #expect(try await find("s/*", in: folder).sorted() == ["s/.gitignore", "s/c.swift", "s/g.txt"])
            #expect(try await find("\(folder)/s/*.txt", in: folder) == ["s/g.txt"])
        }
    }

    @Test func `files changed last come first, and the rest is counted`() async throws {
        try await withTemporaryFolder { folder in
            for (age, name) in ["b", "a", "c"].enumerated() {
                try write([name: ""], in: folder)
                let time = timespec(tv_sec: 1_700_000_000 - age, tv_nsec: 0)
                #expect(utimensat(AT_FDCWD, "\(folder)/\(name)", [time, time], 0) == 0)
            }
            #expect(try await find("[abc]", in: folder) == ["b", "a", "c"])
            let result = try await FileSearch(root: folder, files: files).find("[abc]", limit: 2)
            #expect(result.files.map(\.path) == ["b", "a"])
            #expect(result.omitted == 1)
        }
    }

    @Test(arguments: [-1, .min, 0, .max])
    func `a limit is any number`(_ limit: Int) async throws {
        try await withTemporaryFolder { folder in
            try write(["a": "", "b": ""], in: folder)
            let result = try await FileSearch(root: folder, files: files).find("*", limit: limit)
            #expect(result.files.count == (limit > 0 ? 2 : 0))
            #expect(result.files.count + result.omitted == 2)
        }
    }

    @Test func `links are followed to files inside the root only, and never to folders`() async throws {
        try await withTemporaryFolder { folder in
            try write(["p/real": "", "outside": ""], in: folder)
            try files.makeSymlink("\(folder)/p/inside", to: "real")
            try files.makeSymlink("\(folder)/p/out", to: "../outside")
            try files.makeSymlink("\(folder)/p/loop", to: ".")
            try files.makeSymlink("\(folder)/p/nowhere", to: "missing")
            #expect(try await find("**", in: "\(folder)/p").sorted() == ["inside", "real"])
        }
    }

    @Test("a pattern that leads out of the root is refused", arguments: ["../*", "a/../../b", "/etc/*", "{a,..}/b/../c"])
    func refuses(_ pattern: String) async throws {
        await #expect(throws: SearchError.outsideRoot(pattern)) {
            try await FileSearch(root: "/tmp", files: files).find(pattern)
        }
    }

    @Test func `a root that is not there is an error, a bad pattern too`() async {
        await #expect(throws: SearchError.self) { try await FileSearch(root: "/tmp", files: files).find("[") }
        await #expect(throws: SearchError.self) { try await FileSearch(root: "/no/such/folder", files: files).find("*") }
    }
}
