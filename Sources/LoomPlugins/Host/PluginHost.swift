package import LoomKernel

/// Loads the plugins of all roots, and replaces them while they are in use.
///
/// A change is a transaction: all plugins that a save touches are tried in fresh Lua states first, and replace their
/// predecessors in one step, or none does. After a crash nothing has to be put right: the files are the only state.
package actor PluginHost {
    package nonisolated let catalog = PluginCatalog()

    var roots: [PluginRoot]
    nonisolated let ports: PluginPorts
    /// What `require` finds.
    let modules = ModuleFiles()
    let open = OpenCounts()

    /// False where plugins are not used here, such as in a command that only changes files.
    var isLoaded = false
    /// What the roots held at the last look.
    var seen = PluginFiles()
    var live: [PluginKey: LivePlugin] = [:]
    /// Why the file that now counts is not in use.
    var faults: [PluginKey: PluginFault] = [:]
    /// The last number given out for each plugin; never reused, so that a number names one content.
    var numbers: [PluginKey: Int] = [:]
    /// What the last load or reload of each came to.
    var last: [PluginKey: PluginReported] = [:]
    /// The newest text that is kept of each plugin.
    var kept: [PluginKey: KeptVersion] = [:]
    /// Files of the project that somebody changed since they were trusted: not used before a person says so.
    var held: [PluginKey: PluginFile] = [:]
    /// The contents that were asked about.
    var asked: Set<String> = []
    /// `loom.state` of each plugin; it outlives the generations.
    var memories: [PluginKey: PluginMemory] = [:]
    private var lastWork: Task<Void, Never>?

    /// Later roots stand in front of earlier ones.
    package init(roots: [PluginRoot], ports: PluginPorts) {
        self.roots = roots
        self.ports = ports
    }

    /// Loads everything, each plugin for itself: what does not load is reported and leaves the rest alone.
    @discardableResult
    package func load() async -> [PluginReported] {
        await inTurn { host in
            await host.read()
            await host.recall()
            return await host.loadAll()
        }
    }

    /// The same for a session, whose history is waited for only when all files have been read.
    /// - Parameter providers: the names of those that are needed at once. Each has a state of its own, and few sessions use more than
    ///   one, so the others wait for `loadRest`, and with them what can be required. Nil: nothing waits.
    package func load(providers: Set<String>?, history: @escaping @Sendable () async -> (any PluginHistory)?) async {
        await inTurn { host in
            await host.read()
            host.use(await history())
            await host.recall()
            await host.loadFirst(providers)
        }
    }

    /// Loads what waits. Only what is wrong with it is news.
    package func loadRest() async {
        await inTurn { host in
            _ = await host.loadAll(telling: { $0.status == "failed" })
            await host.remember()
        }
    }

    /// Closes the Lua states in which nothing was called yet. Of many plugins a session uses a few; the first call makes a state anew.
    package func rest() async {
        await inTurn { host in
            for plugin in await host.live.values { await plugin.generation?.rest() }
        }
    }

    /// Brings the plugins to what the files say now. Nothing happens when no content changed.
    @discardableResult
    package func reload() async -> [PluginReported] {
        await inTurn { host in
            let reports = await host.reloadChanged()
            await host.remember()
            await host.askAboutHeld()
            return reports
        }
    }

    /// Adds a root in front of all others, such as a project's once it is trusted.
    @discardableResult
    package func add(_ root: PluginRoot) async -> [PluginReported] {
        await inTurn { host in
            await host.append(root)
            await host.read()
            let reports = await host.loadAll()
            await host.remember()
            return reports
        }
    }

    /// One for each plugin that is called, and older ones that still serve a call.
    package nonisolated var openGenerations: Int { open.generations.value }

    package nonisolated var counts: PluginCounts {
        let rows = catalog.plugins
        return PluginCounts(
            live: rows.count { PluginKind(rawValue: $0.kind)?.hasGenerations == true && $0.status != "broken" },
            generations: open.generations.value, owned: open.owned.value, running: rows.reduce(0) { $0 + $1.running },
            quarantined: rows.count { $0.status == "quarantined" })
    }

    private func append(_ root: PluginRoot) {
        if !roots.contains(root) { roots.append(root) }
    }

    /// One piece of work after the other, in the order they were asked for: an actor alone would let them mix at each wait.
    func inTurn<Value: Sendable>(_ work: @escaping @Sendable (PluginHost) async -> Value) async -> Value {
        let previous = lastWork
        let task = Task {
            await previous?.value
            return await work(self)
        }
        lastWork = Task { _ = await task.value }
        return await task.value
    }

    /// Makes the catalog show what is known now.
    func show() {
        catalog.replace(
            by: PluginCatalog.Snapshot(
                live: live, faults: faults, held: held, files: seen, kept: kept, last: last, endpoints: ports.configuration.endpoints))
    }

    /// The configuration has changed: providers may have another address or key, and there may be other endpoints.
    package func configurationChanged() async {
        await inTurn { host in await host.publish([]) }
    }

    /// Makes what is live visible to agents, in one step.
    func publish(_ reports: [PluginReported]) async {
        for report in reports {
            if let kind = PluginKind(rawValue: report.kind) { last[PluginKey(kind, report.plugin)] = report }
        }
        show()
        await ports.world.workspace?.catalogChanged()
        reports.forEach(ports.report)
    }
}
