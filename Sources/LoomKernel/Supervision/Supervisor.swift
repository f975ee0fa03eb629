package import LoomSystem

/// A tree of children that are kept running. A child is a function that runs until its work is over; throwing is failing.
package actor Supervisor {
    /// When a child that ended is started again.
    package enum Restart: Sendable, Hashable {
        /// Always.
        case permanent
        /// Only when it failed.
        case transient
        /// Never.
        case temporary
    }

    package enum Strategy: Sendable, Hashable {
        case oneForOne
        /// The failed child and all that were started after it.
        case restForOne
    }

    /// How many restarts within the window are too many, and what fails then.
    package struct Intensity: Sendable, Hashable {
        package enum Scope: Sendable, Hashable {
            /// All children together; the supervisor itself fails, and its own supervisor decides.
            case supervisor
            /// Each child for itself; it is given up and its siblings go on.
            case child
        }

        package var restarts: Int
        package var window: Duration
        package var scope: Scope

        package init(restarts: Int = 5, window: Duration = .seconds(60), scope: Scope = .supervisor) {
            self.restarts = restarts
            self.window = window
            self.scope = scope
        }
    }

    package struct ChildSpec: Sendable {
        package let id: String
        package let restart: Restart
        package let run: @Sendable () async throws -> Void

        package init(id: String, restart: Restart, run: @escaping @Sendable () async throws -> Void) {
            self.id = id
            self.restart = restart
            self.run = run
        }
    }

    package enum Event: Sendable {
        case restarting(child: String, reason: String, restarts: Int)
        case ended(child: String)
        case failed(child: String, reason: String)
    }

    /// Too many restarts.
    package struct Exhausted: Error, Sendable, Hashable, CustomStringConvertible {
        package let supervisor: String
        package let child: String
        package let reason: String
        package var description: String { "\(self.child) failed too often under \(self.supervisor), the last time: \(self.reason)" }
    }

    private struct Child {
        let spec: ChildSpec
        /// Tells this run from earlier ones, so that a late end of an old run changes nothing.
        var run: Int
        var task: Task<Void, Never>
        var restarts = 0
        /// When it was restarted, within the window.
        var recent: [Duration] = []
    }

    package nonisolated let name: String
    private let strategy: Strategy
    private let intensity: Intensity
    private let clock: any WallClock
    private let backoff: Duration
    private let onEvent: @Sendable (Event) async -> Void
    private var children: [Child] = []
    private var runs = 0
    private var state = Running.open
    private var waiters: [CheckedContinuation<Exhausted?, Never>] = []

    private enum Running {
        case open
        case exhausted(Exhausted)
        case stopped
    }

    package init(
        name: String, strategy: Strategy = .oneForOne, intensity: Intensity = Intensity(), clock: any WallClock,
        backoff: Duration = .milliseconds(50), onEvent: @escaping @Sendable (Event) async -> Void = { _ in }
    ) {
        self.name = name
        self.strategy = strategy
        self.intensity = intensity
        self.clock = clock
        self.backoff = backoff
        self.onEvent = onEvent
    }

    package var ids: [String] { self.children.map(\.spec.id) }

    /// Starts a child; one that runs under this id already is left alone and false returned.
    @discardableResult
    package func start(_ spec: ChildSpec) -> Bool {
        guard case .open = self.state, !self.children.contains(where: { $0.spec.id == spec.id }) else { return false }
        self.runs += 1
        self.children.append(Child(spec: spec, run: self.runs, task: self.launch(spec, run: self.runs)))
        return true
    }

    /// Ends a child for good and waits for it.
    package func stop(_ id: String) async {
        guard let index = self.children.firstIndex(where: { $0.spec.id == id }) else { return }
        let child = self.children.remove(at: index)
        child.task.cancel()
        await child.task.value
    }

    /// Ends all children, the youngest first, and waits for each.
    package func stopAll() async {
        if case .open = self.state { self.state = .stopped }
        while let child = self.children.popLast() {
            child.task.cancel()
            await child.task.value
        }
        self.release(nil)
    }

    /// Runs until stopped; throws `Exhausted` when a child failed too often. As a child's `run` it makes the supervisors a tree.
    package func run() async throws {
        let exhausted: Exhausted? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                switch self.state {
                case .open: self.waiters.append(continuation)
                case .exhausted(let reason): continuation.resume(returning: reason)
                case .stopped: continuation.resume(returning: nil)
                }
            }
        } onCancel: {
            Task { await self.stopAll() }
        }
        if let exhausted { throw exhausted }
    }

    private func launch(_ spec: ChildSpec, run: Int) -> Task<Void, Never> {
        Task { [weak self] in
            let failure: String?
            do {
                try await spec.run()
                failure = nil
            } catch is CancellationError {
                failure = nil
            } catch {
                failure = "\(error)"
            }
            await self?.ended(spec.id, run: run, failure: failure)
        }
    }

    private func ended(_ id: String, run: Int, failure: String?) async {
        guard let index = self.children.firstIndex(where: { $0.spec.id == id && $0.run == run }) else { return }
        let child = self.children[index]
        let again =
            switch child.spec.restart {
            case .permanent: true
            case .transient: failure != nil
            case .temporary: false
            }
        guard again, case .open = self.state else {
            self.children.remove(at: index)
            await self.onEvent(failure.map { .failed(child: id, reason: $0) } ?? .ended(child: id))
            return
        }
        let reason = failure ?? "it ended"
        let now = self.clock.uptime
        self.children[index].recent = child.recent.filter { now - $0 < self.intensity.window } + [now]
        let mine = self.children[index].recent.count
        let all = self.children.reduce(0) { sum, child in sum + child.recent.count { now - $0 < self.intensity.window } }
        switch self.intensity.scope {
        case .child where mine > self.intensity.restarts:
            self.children.remove(at: index)
            await self.onEvent(.failed(child: id, reason: reason))
        case .supervisor where all > self.intensity.restarts:
            await self.exhaust(Exhausted(supervisor: self.name, child: id, reason: reason))
        case .child, .supervisor:
            await self.restart(from: index, reason: reason)
        }
    }

    private func restart(from index: Int, reason: String) async {
        let id = self.children[index].spec.id
        self.children[index].restarts += 1
        let restarts = self.children[index].restarts
        var younger: [Child] = []
        if self.strategy == .restForOne {
            younger = Array(self.children[(index + 1)...])
            self.children.removeSubrange((index + 1)...)
            for child in younger.reversed() {
                child.task.cancel()
                await child.task.value
            }
        }
        await self.onEvent(.restarting(child: id, reason: reason, restarts: restarts))
        // The first restart is at once; a child that keeps failing is given room.
        if restarts > 1 { try? await self.clock.sleep(for: self.backoff * Double(min(restarts - 1, 20))) }
        guard case .open = self.state, let place = self.children.firstIndex(where: { $0.spec.id == id }) else { return }
        self.runs += 1
        self.children[place].run = self.runs
        self.children[place].task = self.launch(self.children[place].spec, run: self.runs)
        for child in younger { self.start(child.spec) }
    }

    private func exhaust(_ reason: Exhausted) async {
        self.state = .exhausted(reason)
        while let child = self.children.popLast() {
            child.task.cancel()
            // The failed child's own task ends with this call, so it is not waited for.
            if child.spec.id != reason.child { await child.task.value }
        }
        await self.onEvent(.failed(child: reason.child, reason: reason.description))
        self.release(reason)
    }

    private func release(_ reason: Exhausted?) {
        let waiters = self.waiters
        self.waiters = []
        waiters.forEach { $0.resume(returning: reason) }
    }
}
