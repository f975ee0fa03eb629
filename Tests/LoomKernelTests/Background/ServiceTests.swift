import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel

/// A service that writes down what it was told, and may do more with a signal.
private struct FakeService: BackgroundService {
    let name = "watch"
    let generation: Int
    var patterns = ["**/user.said"]
    var intervals: [Double] = []
    let diary: Diary
    var work: @Sendable (Signal, ToolHost) async throws(ToolError) -> Void = { _, _ in }
    /// Its start waits for this.
    var mayStart: OneShot<Bool>?

    final class Diary: Sendable {
        private let lines = Mutex<[String]>([])
        private let waiting = Mutex<[(count: Int, done: CheckedContinuation<Void, Never>)]>([])

        func note(_ line: String) {
            let count = self.lines.withLock { lines in
                lines.append(line)
                return lines.count
            }
            self.waiting.withLock { waiting in
                for one in waiting where one.count <= count { one.done.resume() }
                waiting.removeAll { $0.count <= count }
            }
        }

        var all: [String] { self.lines.withLock { $0 } }

        /// Returns when there are so many lines.
        func reaches(_ count: Int) async {
            await withCheckedContinuation { done in
                self.waiting.withLock { waiting in
                    if self.all.count >= count { done.resume() } else { waiting.append((count, done)) }
                }
            }
        }
    }

    func start(_ host: ToolHost) async throws(ToolError) {
        self.diary.note("\(self.generation) starts")
        _ = await self.mayStart?.value()
    }

    func stop(_ host: ToolHost) async throws(ToolError) { self.diary.note("\(self.generation) stops") }
    func tick(_ interval: Double, _ host: ToolHost) async throws(ToolError) { self.diary.note("\(self.generation) ticks") }
    func handle(_ signal: Signal, _ host: ToolHost) async throws(ToolError) {
        self.diary.note("\(self.generation) hears \(signal.payload(UserSaid.self)?.text ?? signal.type)")
        try await self.work(signal, host)
    }
}

@Suite("A background service", .timeLimit(.minutes(1)))
struct ServiceTests {
    private func rig() -> Rig { Rig { _, _ in FakeProvider.say("yes") } }

    @Test("hears every signal once and in order over its generations, and the handler under way is finished first")
    func generations() async throws {
        let rig = self.rig()
        let diary = FakeService.Diary()
        rig.catalog.install(services: [FakeService(generation: 1, diary: diary)])
        let workspace = try await rig.open()
        for number in 1...3 { try await workspace.send("\(number)") }
        rig.catalog.install(services: [FakeService(generation: 2, diary: diary)])
        await workspace.catalogChanged()
        for number in 4...6 { try await workspace.send("\(number)") }
        _ = await workspace.waitUntilQuiet()
        let heard = diary.all.filter { $0.contains("hears") }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(heard == [1, 2, 3, 4, 5, 6])
        let marks = diary.all.filter { !$0.contains("hears") }
        #expect(marks == ["1 starts", "1 stops", "2 starts"] || marks == ["2 starts"])
        await workspace.close()
        #expect(diary.all.last == "2 stops")
    }

    @Test("hears all of its own session while another one of the project goes on")
    func sessions() async throws {
        try await withTemporaryFolder { folder in
            let (mine, theirs) = (self.rig(), self.rig())
            let (diary, other) = (FakeService.Diary(), FakeService.Diary())
            mine.catalog.install(services: [FakeService(generation: 1, diary: diary)])
            theirs.catalog.install(services: [FakeService(generation: 1, diary: other)])
            theirs.clock.advance(by: .seconds(1))
            let workspace = try await mine.open(directory: folder, isEphemeral: false)
            let beside = try await theirs.open(directory: folder, isEphemeral: false)
            for number in 1...10 {
                try await workspace.send("\(number)")
                try await beside.send("\(number)")
            }
            _ = await workspace.waitUntilQuiet()
            _ = await beside.waitUntilQuiet()
            for diary in [diary, other] {
                #expect(diary.all.filter { $0.contains("hears") } == (1...10).map { "1 hears \($0)" })
            }
            await workspace.close()
            await beside.close()
        }
    }

    @Test("that is gone has stopped, and one that comes back does not hear what happened meanwhile twice")
    func removal() async throws {
        let rig = self.rig()
        let diary = FakeService.Diary()
        rig.catalog.install(services: [FakeService(generation: 1, diary: diary)])
        let workspace = try await rig.open()
        try await workspace.send("one")
        _ = await workspace.waitUntilQuiet()
        rig.catalog.install()
        await workspace.catalogChanged()
        await diary.reaches(3)
        #expect(diary.all == ["1 starts", "1 hears one", "1 stops"])
        rig.catalog.install(services: [FakeService(generation: 2, diary: diary)])
        await workspace.catalogChanged()
        try await workspace.send("two")
        _ = await workspace.waitUntilQuiet()
        await workspace.close()
        #expect(diary.all.filter { $0.contains("hears") } == ["1 hears one", "2 hears two"])
    }

    @Test("that hears of nothing lets the session come to rest when it has started")
    func deaf() async throws {
        for _ in 1...10 {
            let rig = self.rig()
            let (diary, mayStart) = (FakeService.Diary(), OneShot<Bool>())
            rig.catalog.install(services: [FakeService(generation: 1, patterns: [], diary: diary, mayStart: mayStart)])
            let workspace = try await rig.open()
            await diary.reaches(1)
            let waiting = Task { await workspace.desk.caughtUp() }
            // Most likely it waits by then.
            for _ in 1...100 { await Task.yield() }
            mayStart.fulfil(true)
            await waiting.value
            await workspace.close()
        }
    }

    @Test("may write to agents, and the session is not at rest before they have read it")
    func acting() async throws {
        let rig = self.rig()
        var service = FakeService(generation: 1, patterns: ["**/agent.finished"], diary: FakeService.Diary())
        service.work = { signal, host throws(ToolError) in
            guard signal.payload(AgentFinished.self)?.text == "yes", host.call == "signal-\(signal.sequence)" else { return }
            if await host.agents().first?.usage.output == 10 { _ = try await host.send(to: "lead", "once more", urgent: false) }
        }
        rig.catalog.install(services: [service])
        let workspace = try await rig.open()
        try await workspace.send("go")
        _ = await workspace.waitUntilQuiet()
        #expect(rig.provider.received.count == 2)
        let sent = try await workspace.history(after: 0, limit: 100).filter { $0.source == "service/watch" }
        #expect(!sent.isEmpty)
        await workspace.close()
    }

    @Test("that fails is told of once, also when it fails at the failure of another")
    func failing() async throws {
        let rig = self.rig()
        var service = FakeService(generation: 1, patterns: ["**/user.said", "**/plugin.failed"], diary: FakeService.Diary())
        service.work = { signal, _ throws(ToolError) in throw ToolError("I cannot hear \(signal.type).", trace: "line 3") }
        rig.catalog.install(services: [service])
        let workspace = try await rig.open()
        try await workspace.services.store.publish(PluginFailed(plugin: "other", kind: "hook", text: "broken"), source: "plugin/other")
        try await workspace.send("go")
        _ = await workspace.waitUntilQuiet()
        let failures = try await workspace.history(after: 0, limit: 100).compactMap { $0.payload(PluginFailed.self) }
        #expect(failures.map(\.text) == ["broken", "I cannot hear user.said."])
        #expect(failures.last?.trace == "line 3")
        await workspace.close()
    }

    @Test("that is quarantined finds what came meanwhile in the log when it is back, and the session is at rest until then")
    func quarantine() async throws {
        let rig = self.rig()
        let diary = FakeService.Diary()
        var ill = FakeService(generation: 1, diary: diary)
        ill.work = { _, _ throws(ToolError) in throw ToolError("It is quarantined.", code: ToolError.quarantined) }
        rig.catalog.install(services: [ill])
        let workspace = try await rig.open()
        for text in ["one", "two", "three"] {
            try await workspace.send(text)
            _ = await workspace.waitUntilQuiet()
        }
        #expect(diary.all == ["1 starts", "1 hears one"])
        rig.catalog.install(services: [FakeService(generation: 2, diary: diary)])
        await workspace.catalogChanged()
        try await workspace.send("four")
        await diary.reaches(8)
        _ = await workspace.waitUntilQuiet()
        let failures = try await workspace.history(after: 0, limit: 100).compactMap { $0.payload(PluginFailed.self) }
        #expect(failures.isEmpty)
        await workspace.close()
        #expect(
            diary.all == [
                "1 starts", "1 hears one", "1 stops", "2 starts", "2 hears one", "2 hears two", "2 hears three", "2 hears four", "2 stops",
            ])
    }

    @Test("does not repeat after a crash what it had begun and done something in")
    func crash() async throws {
        try await withTemporaryFolder { folder in
            let rig = self.rig()
            let diary = FakeService.Diary()
            let workspace = try await rig.open(directory: folder, isEphemeral: false)
            let store = workspace.services.store
            let identity = AgentIdentity(plugin: "watch", kind: .service)
            try await store.beginCursor(identity.source)
            try await workspace.send("half done")
            _ = await workspace.waitUntilQuiet()
            let signal = try #require(try await workspace.history(after: 0, limit: 100).first { $0.type == UserSaid.type })
            // As if the process had died behind the first effect of the handler.
            try await store.transaction { try $0.record(.stored("a message"), agent: identity.id, call: "signal-\(signal.sequence)") }
            await workspace.close()
            rig.catalog.install(services: [FakeService(generation: 1, diary: diary)])
            let again = try await rig.open(directory: folder, session: .resume(nil), isEphemeral: false)
            try await again.send("new")
            _ = await again.waitUntilQuiet()
            #expect(diary.all.filter { $0.contains("hears") } == ["1 hears new"])
            await again.close()
        }
    }

    @Test("ticks at its interval, and keeps the phase over a reload")
    func ticking() async throws {
        let rig = self.rig()
        let diary = FakeService.Diary()
        rig.catalog.install(services: [FakeService(generation: 1, patterns: [], intervals: [10], diary: diary)])
        let workspace = try await rig.open()
        await diary.reaches(1)
        await rig.clock.waitForSleepers(1)
        rig.clock.advance(by: .seconds(7))
        rig.catalog.install(services: [FakeService(generation: 2, patterns: [], intervals: [10], diary: diary)])
        await workspace.catalogChanged()
        await diary.reaches(3)
        rig.clock.advance(by: .seconds(3))
        await diary.reaches(4)
        #expect(diary.all == ["1 starts", "1 stops", "2 starts", "2 ticks"])
        await workspace.close()
    }
}
