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
        let supervisor = Supervisor(name: "test", clock: ManualClock(), onEvent: log.add)
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
        let supervisor = Supervisor(name: "test", clock: ManualClock(), onEvent: log.add)
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

    @Test("fails itself when a child fails too often, and stops its siblings")
    func intensity() async {
        let log = Log()
        let clock = ManualClock()
        let supervisor = Supervisor(
            name: "storm", intensity: .init(restarts: 1, window: .seconds(60)), clock: clock, onEvent: log.add)
        await supervisor.start(.init(id: "sibling", restart: .permanent) { try await forever() })
        await supervisor.start(.init(id: "bad", restart: .permanent) { throw Crash() })
        await #expect(throws: Supervisor.Exhausted.self) { try await supervisor.run() }
        #expect(await supervisor.ids.isEmpty)
    }

    @Test("gives up only the child that fails too often when each counts for itself")
    func childIntensity() async {
        let log = Log()
        let supervisor = Supervisor(
            name: "team", intensity: .init(restarts: 1, window: .seconds(60), scope: .child), clock: ManualClock(), onEvent: log.add)
        await supervisor.start(.init(id: "sibling", restart: .permanent) { try await forever() })
        await supervisor.start(.init(id: "bad", restart: .permanent) { throw Crash() })
        await log.wait(for: 2)
        #expect(log.texts == ["restarting bad", "failed bad"])
        #expect(await supervisor.ids == ["sibling"])
        await supervisor.stopAll()
    }

    @Test("does not let a storm in one subtree stop another")
    func tree() async {
        let log = Log()
        let clock = ManualClock()
        let root = Supervisor(name: "root", clock: clock, onEvent: log.add)
        let calm = Supervisor(name: "calm", clock: clock)
        let storm = Supervisor(name: "storm", intensity: .init(restarts: 0, window: .seconds(60)), clock: clock)
        await calm.start(.init(id: "worker", restart: .permanent) { try await forever() })
        await root.start(.init(id: "calm", restart: .temporary) { try await calm.run() })
        await root.start(.init(id: "storm", restart: .temporary) { try await storm.run() })
        await storm.start(.init(id: "bad", restart: .permanent) { throw Crash() })
        await log.wait(for: 1)
        #expect(log.texts == ["failed storm"])
        #expect(await calm.ids == ["worker"])
        await root.stopAll()
    }

    @Test("restarts those after the failed one too when the strategy is rest for one")
    func restForOne() async {
        let log = Log()
        let starts = Mutex<[String]>([])
        let supervisor = Supervisor(name: "test", strategy: .restForOne, clock: ManualClock(), onEvent: log.add)
        let fail = Signalled()
        for id in ["a", "b", "c"] {
            await supervisor.start(
                .init(id: id, restart: .permanent) {
                    let isFirst = starts.withLock {
                        $0.append(id); return $0.count { $0 == id } == 1
                    }
                    if id == "b", isFirst {
                        await fail.wait()
                        throw Crash()
                    }
                    try await forever()
                })
        }
        fail.fire()
        await log.wait(for: 1)
        while starts.withLock({ $0.count }) < 5 { await Task.yield() }
        #expect(starts.withLock { $0.count { $0 == "a" } } == 1)
        #expect(starts.withLock { $0.count { $0 == "c" } } == 2)
        await supervisor.stopAll()
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
