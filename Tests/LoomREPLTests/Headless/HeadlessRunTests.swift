import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomREPL

@Suite(.serialized, .timeLimit(.minutes(1)))
struct HeadlessRunTests {
    private func run(_ output: HeadlessRun.Output, _ stage: Stage) async throws -> (out: String, err: String, code: Int32) {
        let workspace = try await stage.open(isInteractive: false)
        let (out, err) = (try #require(Capture()), try #require(Capture()))
        let run = HeadlessRun(workspace: workspace, output: output, prompt: "go", stdout: out.writer, stderr: err.writer)
        let code = await run.run()
        return (out.text(), err.text(), code)
    }

    private let fine = Stage { _, number in
        number == 0 ? Stage.use("run", ["command": "make"]) : Stage.say("the result")
    }

    private var allowed: Stage {
        var stage = self.fine
        stage.configuration.permissions = .full
        return stage
    }

    @Test func `text is the result alone`() async throws {
        let (out, err, code) = try await self.run(.text, self.allowed)
        #expect(out == "the result\n")
        #expect(err == "")
        #expect(code == 0)
    }

    @Test func `json is one object with result, usage, session and errors`() async throws {
        let (out, _, code) = try await self.run(.json, self.allowed)
        #expect(out.split(separator: "\n").count == 1)
        let object = try JSON.parse(out)
        #expect(object["result"]?.stringValue == "the result")
        #expect(object["outcome"]?.stringValue == "done")
        #expect(object["usage"]?["output"]?.intValue == 20)
        #expect(object["session"]?.stringValue?.isEmpty == false)
        #expect(object["errors"] == .array([]))
        #expect(code == 0)
    }

    @Test func `stream-json is every signal, and the last is the end`() async throws {
        let (out, _, code) = try await self.run(.streamJSON, self.allowed)
        let signals = try out.split(separator: "\n").map { try JSON.parse(String($0)).decode(as: Signal.self) }
        let types = signals.map(\.type)
        for type in ["user.said", "tool.started", "tool.finished", "agent.text.delta", "agent.said", "agent.finished"] {
            #expect(types.contains(type), "no \(type)")
        }
        #expect(types.last == "session.finished")
        #expect(signals.last?.payload(SessionFinished.self)?.result == "the result")
        let numbers = signals.map(\.sequence).filter { $0 > 0 }
        #expect(numbers == numbers.sorted())
        #expect(code == 0)
    }

    @Test func `what nobody could be asked is refused, and the code says so`() async throws {
        let (_, err, code) = try await self.run(.text, self.fine)
        #expect(code == ExitCode.unanswered.rawValue)
        #expect(err.contains("refused"))
    }

    @Test func `a run whose time is over is stopped as a limit`() async throws {
        // The question is never answered, so only the clock can end the run.
        try await self.timeOut(self.fine, after: "question.asked")
    }

    @Test func `a run whose time is over takes no message that still waits`() async throws {
        let stage = Stage(hold: Awaited()) { _, _ in Stage.say("never") }
        try await self.timeOut(stage, after: "model.started") { try await $0.send("and more", by: "test") }
    }

    /// Lets the time of a run be over once a signal of this type was told and `act` is done.
    private func timeOut(_ stage: Stage, after type: String, act: (Workspace) async throws -> Void = { _ in }) async throws {
        let workspace = try await stage.open(isInteractive: true)
        let (out, err) = (try #require(Capture()), try #require(Capture()))
        let run = HeadlessRun(
            workspace: workspace, output: .json, prompt: "go", timeout: .seconds(5), stdout: out.writer, stderr: err.writer)
        let signals = workspace.bus.subscribe("**/\(type)", name: "test")
        let running = Task { await run.run() }
        _ = await signals.next()
        try await act(workspace)
        await stage.clock.waitForSleepers(1)
        stage.clock.advance(by: .seconds(5))
        #expect(await running.value == ExitCode.limit.rawValue)
        #expect(try JSON.parse(out.text())["outcome"]?.stringValue == "limit")
        _ = err.text()
    }

    @Test func `a model that cannot be had says why`() async throws {
        let stage = Stage { _, _ in throw ModelFailure(.unavailable, "There is no such model.") }
        let (out, err, code) = try await self.run(.text, stage)
        #expect(out == "")
        #expect(err.contains("There is no such model."))
        #expect(code == ExitCode.modelUnavailable.rawValue)
    }
}
