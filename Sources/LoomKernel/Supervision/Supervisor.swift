package import LoomSystem

/// Children that are kept running. A child is a function that runs until its work is over; throwing is failing.
///
/// Each child counts for itself: one that fails too often is given up, and the others go on.
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

    /// How many restarts of one child within the window are too many.
    package struct Intensity: Sendable, Hashable {
        package var restarts: Int
        package var window: Duration

        package init(restarts: Int = 5, window: Duration = .seconds(60)) {
            self.restarts = restarts
            self.window = window
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

    private struct Child {
        let spec: ChildSpec
        /// The number of its first run: a larger one is younger.
        let age: Int
        /// Tells this run from earlier ones, so that a late end of an old run changes nothing.
        var run: Int
        var task: Task<Void, Never>
        var restarts = 0
        /// When it was restarted, within the window.
        var recent: [Duration] = []
    }

    private let intensity: Intensity
    private let clock: any WallClock
    private let backoff: Duration
    private let onEvent: @Sendable (Event) async -> Void
    private var children: [String: Child] = [:]
    private var runs = 0
    private var isOpen = true

    package init(
        intensity: Intensity = Intensity(), clock: any WallClock, backoff: Duration = .milliseconds(50),
        onEvent: @escaping @Sendable (Event) async -> Void = { _ in }
    ) {
        self.intensity = intensity
        self.clock = clock
        self.backoff = backoff
        self.onEvent = onEvent
    }

    /// The oldest first.
    package var ids: [String] { self.children.values.sorted { $0.age < $1.age }.map(\.spec.id) }

    /// Starts a child; one that runs under this id already is left alone and false returned.
    @discardableResult
    package func start(_ spec: ChildSpec) -> Bool {
        guard self.isOpen, self.children[spec.id] == nil else { return false }
        self.runs += 1
        self.children[spec.id] = Child(spec: spec, age: self.runs, run: self.runs, task: self.launch(spec, run: self.runs))
        return true
    }

    /// Ends a child for good and waits for it.
    package func stop(_ id: String) async {
        guard let child = self.children.removeValue(forKey: id) else { return }
        child.task.cancel()
        await child.task.value
    }

    /// Ends all children, the youngest first, and waits for each. None is started any more.
    package func stopAll() async {
        self.isOpen = false
        for id in self.ids.reversed() { await self.stop(id) }
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
        guard var child = self.children[id], child.run == run else { return }
        let again =
            switch child.spec.restart {
            case .permanent: true
            case .transient: failure != nil
            case .temporary: false
            }
        guard again, self.isOpen else {
            self.children[id] = nil
            await self.onEvent(failure.map { .failed(child: id, reason: $0) } ?? .ended(child: id))
            return
        }
        let reason = failure ?? "it ended"
        let now = self.clock.uptime
        child.recent = child.recent.filter { now - $0 < self.intensity.window } + [now]
        guard child.recent.count <= self.intensity.restarts else {
            self.children[id] = nil
            await self.onEvent(.failed(child: id, reason: reason))
            return
        }
        child.restarts += 1
        self.children[id] = child
        await self.onEvent(.restarting(child: id, reason: reason, restarts: child.restarts))
        // The first restart is at once; a child that keeps failing is given room.
        if child.restarts > 1 { try? await self.clock.sleep(for: self.backoff * Double(min(child.restarts - 1, 20))) }
        // It may have been stopped meanwhile, and another been started under its id.
        guard self.isOpen, self.children[id]?.run == run else { return }
        self.runs += 1
        child.run = self.runs
        child.task = self.launch(child.spec, run: self.runs)
        self.children[id] = child
    }
}
