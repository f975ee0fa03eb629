import Glibc
import Testing

@testable import LoomREPL

@Suite(.serialized, .timeLimit(.minutes(1)))
struct LineEditorTests {
    private func editor(
        _ terminal: PseudoTerminal, history: HistoryFile? = nil,
        complete: @escaping @Sendable (String, @escaping @Sendable (Completion) -> Void) -> Void = { _, _ in }
    ) async throws -> LineEditor {
        let editor = try #require(
            LineEditor(
                input: terminal.slave, output: terminal.slave,
                configuration: .init(prompt: "› ", continuation: "… ", term: "xterm", history: history, complete: complete)))
        _ = await terminal.screen { $0.rows.last == "›" && $0.column == 2 }
        return editor
    }

    @Test func `output scrolls above the typed line and the cursor stays where it was`() async throws {
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let editor = try await self.editor(terminal)
        terminal.type("hello wörld")
        _ = await terminal.screen(rows: ["› hello wörld"])
        terminal.type("\u{1B}[D\u{1B}[D\u{1B}[D")
        _ = await terminal.screen { $0.column == 10 }
        await editor.print("ada       said something\nlead      said more\n")
        var screen = await terminal.screen { $0.rows.count == 3 && $0.rows[2] == "› hello wörld" && $0.column == 10 }
        #expect(screen.rows == ["ada       said something", "lead      said more", "› hello wörld"])
        #expect(screen.row == 2)
        terminal.type("XY")
        screen = await terminal.screen { $0.rows.last == "› hello wöXYrld" }
        #expect(screen.column == 12)
        #expect(screen.unknown == [])
        terminal.type("\n")
        var events = editor.events.makeAsyncIterator()
        #expect(await events.next() == .line("hello wöXYrld"))
        await editor.close()
        #expect(await events.next() == .end)
    }

    @Test func `a typed line of several rows is erased whole and drawn again`() async throws {
        let terminal = try #require(PseudoTerminal(width: 20, height: 12))
        let editor = try await self.editor(terminal)
        terminal.type("the quick brown fox jumps over the lazy dog")
        let typed = ["› the quick brown fo", "x jumps over the laz", "y dog"]
        _ = await terminal.screen(rows: typed)
        for number in 1...3 { await editor.print("line \(number)\n") }
        var screen = await terminal.screen(rows: ["line 1", "line 2", "line 3"] + typed)
        #expect(screen.row == 5)
        terminal.type("\u{1}A ")
        screen = await terminal.screen { $0.rows.last == "azy dog" && $0.column == 4 }
        await editor.print("line 4\n")
        screen = await terminal.screen { $0.rows.count == 7 && $0.row == 4 && $0.column == 4 }
        #expect(screen.rows == ["line 1", "line 2", "line 3", "line 4", "› A the quick brown", "fox jumps over the l", "azy dog"])
        await editor.close()
        #expect(terminal.isCanonical)
    }

    @Test(arguments: ["12345678901234567", "123456789012345678", "1234567890123456789", "日本語日本語日本語", "a日本語日本語日本語", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"])
    func `a line that ends at or near the edge survives output`(text: String) async throws {
        let terminal = try #require(PseudoTerminal(width: 20, height: 8))
        let editor = try await self.editor(terminal)
        terminal.type(text)
        let typed = await terminal.screen { $0.rows.joined() == "› " + text }
        await editor.print("one\n")
        await editor.print("two\n")
        let screen = await terminal.screen { $0.rows == ["one", "two"] + typed.rows }
        #expect(screen.row == typed.row + 2)
        #expect(screen.column == typed.column)
        terminal.type("!\n")
        var events = editor.events.makeAsyncIterator()
        #expect(await events.next() == .line(text + "!"))
        await editor.close()
    }

    @Test func `typing while output pours in loses neither`() async throws {
        let terminal = try #require(PseudoTerminal(width: 30, height: 6))
        let editor = try await self.editor(terminal)
        let text = "what is typed is never disturbed, not even over rows"
        async let printed: Void = {
            for number in 1...200 { await editor.print("output \(number)\n") }
        }()
        for character in text { terminal.type(String(character)) }
        await printed
        let screen = await terminal.screen { $0.rows.suffix(2).joined(separator: "") == "› " + text && $0.scrolled.count == 196 }
        #expect(screen.scrolled + screen.rows.prefix(4) == (1...200).map { "output \($0)" })
        terminal.type("\n")
        var events = editor.events.makeAsyncIterator()
        #expect(await events.next() == .line(text))
        await editor.close()
    }

    @Test func `a pasted text is one entry, and a backslash continues a line`() async throws {
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let editor = try await self.editor(terminal)
        terminal.type("\u{1B}[200~one\ntwo\rthree\u{7}\u{1B}[201~")
        _ = await terminal.screen(rows: ["› one", "two", "three"])
        await editor.print("above\n")
        _ = await terminal.screen(rows: ["above", "› one", "two", "three"])
        terminal.type("\n")
        var events = editor.events.makeAsyncIterator()
        #expect(await events.next() == .line("one\ntwo\nthree"))
        terminal.type("first \\\n")
        _ = await terminal.screen { $0.rows.last == "…" }
        terminal.type("second\n")
        #expect(await events.next() == .line("first \nsecond"))
        await editor.close()
    }

    @Test func `Ctrl-C is told and keeps what is typed; Ctrl-D leaves on an empty line only`() async throws {
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let editor = try await self.editor(terminal)
        terminal.type("keep\u{3}")
        var events = editor.events.makeAsyncIterator()
        #expect(await events.next() == .interrupt)
        terminal.type("\u{4}\n")
        #expect(await events.next() == .line("keep"))
        terminal.type("\u{4}")
        #expect(await events.next() == .end)
        await editor.close()
        #expect(terminal.isCanonical)
        await editor.print("after the end\n")
        _ = await terminal.screen { $0.rows.last == "after the end" }
    }

    @Test func `what a line may become is taken when it comes, and not when the line is another by then`() async throws {
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let (asked, ask) = AsyncStream.makeStream(of: (@Sendable (Completion) -> Void).self)
        let editor = try await self.editor(terminal) { _, tell in ask.yield(tell) }
        var questions = asked.makeAsyncIterator()
        terminal.type("/greet a\t")
        let late = try #require(await questions.next())
        terminal.type("n")
        _ = await terminal.screen { $0.rows.last == "› /greet an" }
        late(Completion(replaced: 1, candidates: ["ada"]))
        terminal.type("\t")
        let inTime = try #require(await questions.next())
        inTime(Completion(replaced: 2, candidates: ["anton"]))
        let screen = await terminal.screen { $0.rows.last == "› /greet anton" }
        #expect(screen.rows == ["› /greet anton"])
        await editor.close()
    }

    @Test func `Tab completes, lists what is possible, and history comes back with its file closed to others`() async throws {
        let path = "/tmp/loom-history-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer { unlink(path) }
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let complete: @Sendable (String, @escaping @Sendable (Completion) -> Void) -> Void = { before, tell in
            tell(Completion(replaced: before.count, candidates: ["/pause", "/permissions"].filter { $0.hasPrefix(before) }))
        }
        let editor = try await self.editor(terminal, history: HistoryFile(path: path), complete: complete)
        var events = editor.events.makeAsyncIterator()
        terminal.type("\t")
        _ = await terminal.screen(rows: ["› /p"])
        terminal.type("\t")
        _ = await terminal.screen(rows: ["/pause  /permissions", "› /p"])
        terminal.type("e\t")
        _ = await terminal.screen { $0.rows.last == "› /permissions" }
        terminal.type("\n")
        #expect(await events.next() == .line("/permissions "))
        terminal.type("\u{1B}[A\n")
        #expect(await events.next() == .line("/permissions"))
        await editor.close()
        var facts = stat()
        #expect(stat(path, &facts) == 0)
        #expect(facts.st_mode & 0o777 == 0o600)
        #expect(HistoryFile(path: path).load() == ["/permissions ", "/permissions"])
        let again = try await self.editor(terminal, history: HistoryFile(path: path))
        var second = again.events.makeAsyncIterator()
        terminal.type("\u{10}\n")
        #expect(await second.next() == .line("/permissions"))
        await again.close()
    }

    @Test func `a terminal that changes its width keeps the line`() async throws {
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let editor = try await self.editor(terminal)
        terminal.type("abc")
        _ = await terminal.screen(rows: ["› abc"])
        kill(getpid(), SIGWINCH)
        await editor.print("above\n")
        let screen = await terminal.screen(rows: ["above", "› abc"])
        #expect(screen.column == 5)
        await editor.close()
    }

    @Test func `who comes back to the terminal finds the line, and a paste is one entry again`() async throws {
        let terminal = try #require(PseudoTerminal(width: 40, height: 10))
        let editor = try await self.editor(terminal)
        terminal.type("abc")
        _ = await terminal.screen { $0.rows == ["› abc"] && $0.marksPastes }
        // As a shell leaves it, which does not mark what is pasted into the programs it starts.
        _ = writeAll("\u{1B}[?2004l\r\n", to: terminal.slave)
        _ = await terminal.screen { !$0.marksPastes }
        kill(getpid(), SIGCONT)
        let screen = await terminal.screen { $0.marksPastes }
        #expect(screen.rows.last == "› abc")
        terminal.type("\u{1B}[200~one\ntwo\u{1B}[201~\n")
        var events = editor.events.makeAsyncIterator()
        #expect(await events.next() == .line("abcone\ntwo"))
        await editor.close()
        #expect(await terminal.screen { !$0.marksPastes }.rows == ["› abc", "› abcone", "two"])
    }
}
