import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel

@Suite("A supervisor")
struct SupervisorTests {
    struct Crash: Error {}

    @Test("starts a failed child again and leaves the others alone")
    func oneForOne() async throws {
        let log = Log()
        let supervisor = Supervisor(clock: ManualClock(), onEvent: log.add)
        let runs = Mutex(0)
        let steady = Mutex(0)
        await supervisor.start(
            .init(id: "steady", restart: .permanent) {
                steady.withLock { $0 += 1 }
                try await forever()
            })
        await supervisor.start(
            .init(id: "flaky", restart: .transient) {
                if runs.withLock({
                    $0 += 1; return $0
                }) == 1 {
                    throw Crash()
                }
                try await forever()
            })
        await log.wait(for: 1)
        #expect(log.texts == ["restarting flaky"])
        #expect(await supervisor.ids == ["steady", "flaky"])
        #expect(steady.withLock { $0 } == 1)
        await supervisor.stopAll()
    }

    @Test(
        "ends as a child's kind of restart says",
        arguments: [
            (Supervisor.Restart.transient, false, ["ended child"]),
            (.temporary, true, ["failed child"]),
            (.transient, true, ["restarting child", "ended child"]),
            (.permanent, false, ["restarting child"]),
        ])
    func kinds(restart: Supervisor.Restart, fails: Bool, expected: [String]) async {
        let log = Log()
        let supervisor = Supervisor(clock: ManualClock(), onEvent: log.add)
        let runs = Mutex(0)
        await supervisor.start(
            .init(id: "child", restart: restart) {
                let run = runs.withLock {
                    $0 += 1; return $0
                }
                if run == 1, fails { throw Crash() }
                if run == 2, restart == .permanent { try await forever() }
            })
        await log.wait(for: expected.count)
        #expect(log.texts == expected)
        await supervisor.stopAll()
    }

    @Test("gives up only the child that fails too often when each counts for itself")
    func childIntensity() async {
        let log = Log()
        let supervisor = Supervisor(
            intensity: .init(restarts: 1, window: .seconds(60)), clock: ManualClock(), onEvent: log.add)
        await supervisor.start(.init(id: "sibling", restart: .permanent) { try await forever() })
        await supervisor.start(.init(id: "bad", restart: .permanent) { throw Crash() })
        await log.wait(for: 2)
        #expect(log.texts == ["restarting bad", "failed bad"])
        #expect(await supervisor.ids == ["sibling"])
        await supervisor.stopAll()
    }

    @Test("forgets restarts that are older than the window")
    func window() async throws {
        let log = Log()
        let clock = ManualClock()
        let supervisor = Supervisor(
            intensity: .init(restarts: 1, window: .seconds(60)), clock: clock, backoff: .zero, onEvent: log.add)
        let crashes = AsyncStream.makeStream(of: Void.self)
        await supervisor.start(
            .init(id: "rare", restart: .permanent) {
                for await _ in crashes.stream { throw Crash() }
            })
        for count in 1...3 {
            crashes.continuation.yield()
            await log.wait(for: count)
            clock.advance(by: .seconds(61))
        }
        #expect(log.texts == Array(repeating: "restarting rare", count: 3))
        await supervisor.stopAll()
    }

    @Test("leaves a child alone that was started under the id of one that was about to be restarted")
    func replaced() async {
        let (reported, gate) = (Signalled(), Signalled())
        let supervisor = Supervisor(clock: ManualClock()) { _ in
            reported.fire()
            // In a task of its own, which stopping the child does not cancel.
            await Task { await gate.wait() }.value
        }
        let runs = Mutex<[String]>([])
        await supervisor.start(
            .init(id: "ada", restart: .transient) {
                runs.withLock { $0.append("first") }
                throw Crash()
            })
        await reported.wait()
        async let stopped: Void = supervisor.stop("ada")
        let next = Supervisor.ChildSpec(id: "ada", restart: .transient) {
            runs.withLock { $0.append("next") }
            try await forever()
        }
        while await !supervisor.start(next) { await Task.yield() }
        gate.fire()
        await stopped
        await supervisor.stopAll()
        #expect(runs.withLock { $0 } == ["first", "next"])
    }

    @Test("ends the youngest first")
    func order() async {
        let ended = Mutex<[String]>([])
        let supervisor = Supervisor(clock: ManualClock())
        for id in ["a", "b", "c"] {
            await supervisor.start(
                .init(id: id, restart: .permanent) {
                    defer { ended.withLock { $0.append(id) } }
                    try await forever()
                })
        }
        #expect(await supervisor.ids == ["a", "b", "c"])
        await supervisor.stopAll()
        #expect(ended.withLock { $0 } == ["c", "b", "a"])
        #expect(await supervisor.start(.init(id: "d", restart: .permanent) {}) == false)
    }
}

/// Runs until cancelled.
func forever() async throws {
    let signalled = Signalled()
    await signalled.wait()
    try Task.checkCancellation()
}

/// Something that happens once and may be waited for.
final class Signalled: Sendable {
    private let state = Mutex<(fired: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func fire() {
        let waiters = self.state.withLock { state in
            state.fired = true
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume() }
    }

    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = self.state.withLock { state in
                    if state.fired || Task.isCancelled { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if ready { continuation.resume() }
            }
        } onCancel: {
            self.fire()
        }
    }
}

/// The events of a supervisor, to be waited for.
final class Log: Sendable {
    private let state = Mutex<(texts: [String], waiters: [(Int, CheckedContinuation<Void, Never>)])>(([], []))

    var texts: [String] { self.state.withLock { $0.texts } }

    @Sendable func add(_ event: Supervisor.Event) async {
        let text =
            switch event {
            case .restarting(let child, _, _): "restarting \(child)"
            case .ended(let child): "ended \(child)"
            case .failed(let child, _): "failed \(child)"
            }
        let ready = self.state.withLock { state in
            state.texts.append(text)
            let ready = state.waiters.filter { $0.0 <= state.texts.count }
            state.waiters.removeAll { $0.0 <= state.texts.count }
            return ready
        }
        ready.forEach { $0.1.resume() }
    }

    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = self.state.withLock { state in
                if state.texts.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if ready { continuation.resume() }
        }
    }
}
