import Glibc
import LoomSystem
import Testing

@testable import LoomREPL

struct EditingTests {
    private func keys(_ pieces: [[UInt8]]) -> [KeyDecoder.Key] {
        var decoder = KeyDecoder()
        var keys: [KeyDecoder.Key] = []
        for piece in pieces {
            decoder.feed(piece)
            while let key = decoder.next() { keys.append(key) }
        }
        decoder.release()
        while let key = decoder.next() { keys.append(key) }
        return keys
    }

    @Test(arguments: [
        ("ab", "a b"), ("ö日🙂", "ö 日 🙂"), ("\u{3}\u{1A}", "^C ^Z"), ("\u{1B}[A", "\u{1B} [ A"),
        ("\u{1B}", "\u{1B}"), ("\u{1B}[20~", "\u{1B} [ 2 0 ~"), ("\u{1B}[200~x\ny\u{1B}[201~z", "<x\ny> z"),
        ("\u{1B}\u{1B}[200~q\u{1B}[201~", "\u{1B} <q>"), ("\u{1B}[200~a\u{1B}[31mb\u{3}\u{1B}[201~", "<a[31mb>"),
    ])
    func `keys are the same however the bytes are cut`(text: String, expected: String) {
        let bytes = Array(text.utf8)
        for pieces in [[bytes], bytes.map { [$0] }] {
            let shown = self.keys(pieces).map { key in
                switch key {
                case .scalar(let scalar): String(scalar)
                case .paste(let text): "<\(text)>"
                case .interrupt: "^C"
                case .suspend: "^Z"
                }
            }
            #expect(shown.joined(separator: " ") == expected)
        }
    }

    @Test func `bytes that are no UTF-8 become replacement characters`() {
        #expect(self.keys([[0x61, 0xFF, 0x62]]) == [.scalar("a"), .scalar("\u{FFFD}"), .scalar("b")])
        #expect(self.keys([[0xE6, 0x97, 0x61]]) == [.scalar("\u{FFFD}"), .scalar("a")])
    }

    @Test(arguments: [
        (["a"], ["a"]), (["a\\", "b"], ["a\nb"]), (["a\\\\", "b"], ["a\\\\", "b"]), (["a\\", "b\\", "c", "d"], ["a\nb\nc", "d"]),
        (["a\\"], ["a"]), (["\\", "x"], ["\nx"]),
    ])
    func `a backslash at the end joins lines`(lines: [String], entries: [String]) {
        var joiner = LineJoiner()
        var result = lines.compactMap { joiner.add($0) }
        if let rest = joiner.end() { result.append(rest) }
        #expect(result == entries)
    }

    @Test(arguments: ["plain", "two\nlines", "back\\slash", "\\n", "a\\\nb\r", ""])
    func `a history entry survives its file`(entry: String) {
        #expect(!HistoryFile.escape(entry).contains("\n"))
        #expect(HistoryFile.unescape(HistoryFile.escape(entry)) == entry)
    }

    @Test func `an entry that begins with a space is kept out of the history`() {
        let path = "/tmp/loom-history-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer { unlink(path) }
        let file = HistoryFile(path: path)
        file.append(" secret")
        file.append("known")
        #expect(file.load() == ["known"])
    }

    /// A folder of its own, without a link in its path.
    private func folder() throws -> String {
        let path = "/tmp/loom-history-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try LiveFileSystem().makeDirectory(path, withParents: false)
        return path
    }

    private func text(_ path: String) throws -> String { String(decoding: try LiveFileSystem().read(path), as: UTF8.self) }

    @Test func `a history that is a link is none: nothing is read from it or written to it`() throws {
        let (folder, files) = try (self.folder(), LiveFileSystem())
        defer { try? files.remove(folder, recursively: true) }
        let theirs = String(repeating: "entry\n", count: 2001)
        try files.write(theirs, to: folder + "/profile")
        #expect(symlink(folder + "/profile", folder + "/history") == 0)
        #expect(symlink(folder + "/nothing", folder + "/dangling") == 0)
        for name in ["history", "dangling"] {
            let file = HistoryFile(path: "\(folder)/\(name)")
            #expect(file.load() == [])
            file.append("mine")
        }
        #expect(try self.text(folder + "/profile") == theirs)
        #expect(try files.list(folder).map(\.name).sorted() == ["dangling", "history", "profile"])
    }

    @Test func `a long history is cut without a step through a link beside it`() throws {
        let (folder, files) = try (self.folder(), LiveFileSystem())
        defer { try? files.remove(folder, recursively: true) }
        try files.write((1...2001).map { "entry \($0)\n" }.joined(), to: folder + "/history")
        try files.write("theirs", to: folder + "/profile")
        #expect(symlink(folder + "/profile", folder + "/history.new") == 0)
        let file = HistoryFile(path: folder + "/history")
        #expect(file.load().first == "entry 1002")
        #expect(try self.text(folder + "/profile") == "theirs")
        #expect(try self.text(folder + "/history").hasPrefix("entry 1002\n"))
        #expect(try files.list(folder).map(\.name).sorted() == ["history", "history.new", "profile"])
        #expect(try files.status(of: folder + "/history").mode & 0o777 == 0o600)
    }

    @Test func `a history that is no file, or somebody else's, is none`() throws {
        let (folder, files) = try (self.folder(), LiveFileSystem())
        defer { try? files.remove(folder, recursively: true) }
        #expect(mkfifo(folder + "/pipe", 0o600) == 0)
        try files.write("their entry\n", to: folder + "/theirs")
        var names = ["pipe"]
        // Only root can give a file away.
        if chown(folder + "/theirs", 12_345, 12_345) == 0 { names.append("theirs") }
        for name in names {
            let file = HistoryFile(path: "\(folder)/\(name)")
            file.append("mine")
            #expect(file.load() == [])
        }
        #expect(try self.text(folder + "/theirs") == "their entry\n")
    }

    @Test(arguments: [
        (["/pause", "/permissions"], "/p"), (["/help"], "/help"), ([], ""), (["a", "b"], ""), (["日本", "日光"], "日"),
    ])
    func `candidates share a beginning`(candidates: [String], prefix: String) {
        #expect(Completion(replaced: 0, candidates: candidates).commonPrefix == prefix)
    }

    @Test func `lines of a pipe come whole, the last one without its line end too`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let lines = try #require(PlainLines(input: ends[0], output: OutputPort(descriptor: 2), prompt: ""))
        _ = writeAll("one\r\ntwo \\\nthree\n\nfour", to: ends[1])
        close(ends[1])
        var events: [LineEvent] = []
        for await event in lines.events { events.append(event) }
        #expect(events == [.line("one"), .line("two \nthree"), .line(""), .line("four"), .end])
        close(ends[0])
    }

    @Test func `a reader that went away breaks the output and nothing else`() async {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let port = OutputPort(descriptor: ends[1])
        close(ends[0])
        await port.write("nobody reads this\n")
        #expect(port.isBroken)
        close(ends[1])
    }
}
