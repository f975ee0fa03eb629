import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

@Suite struct FeedTests {
    static func signal(_ payload: some SignalPayload, _ sequence: Int64 = 1) throws -> Signal {
        func make<P: SignalPayload>(_ payload: P) throws -> Signal {
            Signal(
                sequence: sequence, id: ID(clock: ManualClock(), random: SeededRandom(seed: 1)), type: P.type, source: "kernel",
                subject: nil,
                team: nil, cause: nil, time: Timestamp(seconds: 1_767_225_600), data: try JSON(encoding: payload))
        }
        return try make(payload)
    }

    @Test(
        "a finished tool says who, what, outcome and where to look",
        arguments: [
            (ToolResult.Status.ok, "✓  12 ms", FeedLine.Tone.good), (.error, "✗ error  12 ms", .bad), (.denied, "✗ refused  12 ms", .bad),
            (.timedOut, "✗ out of time  12 ms", .bad), (.cancelled, "cancelled  12 ms", .quiet),
            (.interrupted, "interrupted  12 ms", .quiet),
        ])
    func tools(_ status: ToolResult.Status, _ outcome: String, _ tone: FeedLine.Tone) throws {
        let line = try #require(FeedLine(try Self.signal(Samples.finished("c/1", status: status))))
        let expected = FeedLine(
            who: "ada", mark: "⚙", spoken: "tool", what: "file_edit", object: "src/lexer.py", outcome: outcome, tone: tone, topic: .tools,
            href: "/calls/c%2F1")
        #expect(line == expected)
    }

    @Test("what plugins tell is quiet, and a failure has its traceback behind its one line")
    func plugins() throws {
        let made = Signal(
            sequence: 1, id: ID(clock: ManualClock(), random: SeededRandom(seed: 1)), type: "watch.noticed", source: "service/watch",
            subject: nil, team: nil, cause: nil, time: Timestamp(seconds: 0), data: ["text": "two failures"])
        #expect(
            FeedLine(made)
                == FeedLine(
                    who: "watch", isAgent: false, mark: "•", spoken: "tells", what: "two failures", object: "watch.noticed", tone: .quiet))
        let failed = try #require(
            FeedLine(try Self.signal(PluginFailed(plugin: "watch", kind: "service", text: "It failed.", trace: "watch.lua:3"))))
        #expect(failed.what == "It failed.\nwatch.lua:3" && failed.tone == .bad && !failed.isAgent)
        let mail = InboxQueued(item: "i", from: "watch", to: "ada", kind: .peer, priority: .normal, text: "look")
        #expect(FeedLine(try Self.signal(mail))?.isAgent == false)
    }

    @Test("a rollback is told in the words of the terminal")
    func rollback() throws {
        let back = PluginRolledBack(
            plugin: "shell", kind: "tool", generation: 6, restored: 4, kept: 5, path: "/p/shell.lua", by: "user/page")
        #expect(
            FeedLine(try Self.signal(back))
                == FeedLine(
                    who: "plugins", isAgent: false, mark: "⟲", spoken: "rollback",
                    what: "shell has its text of generation 4 again, by page", topic: .reload))
    }

    @Test("steps of a line to come have no line of their own")
    func silent() throws {
        #expect(FeedLine(try Self.signal(Samples.started())) == nil)
        #expect(FeedLine(try Self.signal(AgentStateChanged(agent: "ada", state: .thinking, reason: nil))) == nil)
        let said = InboxQueued(item: "i", from: "user/repl", to: "ada", kind: .user, priority: .normal, text: "hello")
        #expect(FeedLine(try Self.signal(said)) == nil)
    }

    @Test("filters keep what they name")
    func filters() throws {
        let lines = try [
            Self.signal(Samples.finished()), Self.signal(Samples.finished(status: .error)),
            Self.signal(UserSaid(to: "ada", text: "hi", item: "i")),
            Self.signal(PluginReported(plugin: "shell", kind: "tool", from: 1, to: 2, status: "reloaded", error: nil, milliseconds: 3)),
        ].compactMap { FeedLine($0) }
        let kept = FeedFilter.allCases.map { filter in lines.filter(filter.admits).count }
        #expect(FeedFilter.allCases.map(\.rawValue) == ["all", "mail", "tools", "errors", "reload"])
        #expect(kept == [4, 1, 2, 1, 1])
        #expect(FeedFilter("nonsense") == .all)
    }

    @Test("a cursor lets each kept signal through once and everything unkept always")
    func cursor() throws {
        var cursor = EventCursor(after: 3)
        let kept = try (1...6).map { try Self.signal(Notice(level: "info", text: "x"), $0) }
        let delta = try Self.signal(AgentTextDelta(agent: "ada", text: "x", call: "m", attempt: 1), 0)
        #expect(cursor.admit([kept[1], delta, kept[3], kept[4]]).map(\.sequence) == [0, 4, 5])
        #expect(cursor.admit([kept[4], kept[5]]).map(\.sequence) == [6])
        #expect(cursor == EventCursor(after: 6))
        #expect(EventCursor.frame(delta).hasPrefix("data: {"))
        #expect(EventCursor.frame(kept[5]).hasPrefix("id: 6\ndata: {"))
    }

    @Test("the feed goes on exactly where it stopped, over many pages of the log")
    func pages() async throws {
        let workspace = FakeWorkspace()
        for number in 1...1_500 { try await workspace.emit(Notice(level: "info", text: "\(number)")) }
        let feed = Feed(workspace: workspace)
        let newest = try await feed.newest(.all, until: 1_400)
        #expect(newest.first?.signal.sequence == 1_400)
        let (lines, end) = try await feed.lines(.all, after: 100)
        #expect(end == 1_500)
        #expect(lines.map(\.signal.sequence) == Array((1_381...1_500).reversed()))
    }
}
