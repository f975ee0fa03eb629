import LoomSystem

/// Runs the background services of the catalog, each supervised.
actor ServiceDesk {
    private let roster: Roster
    private lazy var supervisor = Supervisor(
        clock: self.roster.services.ports.clock, onEvent: { [weak self] event in await self?.heard(event) })
    /// Those that shall run; nil until the first run of one has begun.
    private var runners: [String: ServiceRunner?] = [:]
    private var isOpen = true

    init(roster: Roster) { self.roster = roster }

    /// Brings what runs to what the catalog has now.
    func reconcile() async {
        guard self.isOpen else { return }
        let names = Set(self.roster.services.catalog.backgroundServices.map(\.name))
        for (name, runner) in self.runners where !names.contains(name) {
            self.runners[name] = nil
            runner?.finish()
        }
        for name in names.sorted() {
            if let known = self.runners[name] { known?.reconsider() } else { await self.start(name) }
        }
    }

    private func start(_ name: String) async {
        self.runners[name] = .some(nil)
        // From here on nothing is missed, however long it takes until the service reads.
        let services = self.roster.services
        _ = try? await services.store.beginCursor(ServiceRunner.cursor(name, session: services.session))
        // Where one of this name still finishes, its end starts the new one.
        await self.supervisor.start(
            .init(id: name, restart: .transient) { [weak self] in
                guard let runner = await self?.runner(name) else { return }
                try await runner.run()
            })
    }

    /// A new runner for each run: it reads anew what an earlier one did not acknowledge.
    private func runner(_ name: String) -> ServiceRunner? {
        guard self.isOpen, self.runners[name] != nil else { return nil }
        let runner = ServiceRunner(name: name, roster: self.roster)
        self.runners[name] = runner
        return runner
    }

    private func heard(_ event: Supervisor.Event) async {
        switch event {
        case .ended(let name):
            if self.runners[name] != nil { await self.start(name) }
        case .failed(let name, let reason):
            self.runners[name] = nil
            let text = "The service \(name) is given up, because it failed again and again: \(reason)"
            _ = try? await self.roster.services.store.publish(Notice(level: "error", text: text), source: "kernel")
        case .restarting: break
        }
    }

    /// Returns when every service has dealt with what was for it.
    func caughtUp() async {
        for runner in self.runners.values { await runner?.caughtUp() }
    }

    func close() async {
        self.isOpen = false
        for runner in self.runners.values { runner?.finish() }
        self.runners = [:]
        await self.supervisor.stopAll()
    }
}
