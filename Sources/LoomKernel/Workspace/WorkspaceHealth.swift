import LoomSystem

/// What the program takes and holds open: what must not grow while it works, so that a leak is seen by count.
package struct WorkspaceHealth: Sendable, Hashable, Codable {
    package let rssBytes: Int
    package let descriptors: Int
    package let threads: Int
    /// Who hears signals.
    package let subscriptions: Int
    package let agents: Int
    package let plugins: PluginCounts

    enum CodingKeys: String, CodingKey {
        case descriptors, threads, subscriptions, agents, plugins
        case rssBytes = "rss_bytes"
    }
}

/// What plugins hold open, over all generations.
package struct PluginCounts: Sendable, Hashable, Codable {
    /// Plugins whose code is in use: each has one generation that is current.
    package let live: Int
    /// Generations whose state is open: with calls that have not ended, it is more than `live`.
    package let generations: Int
    /// Processes and other things that generations have set going.
    package let owned: Int
    package let running: Int
    package let quarantined: Int

    package init(live: Int, generations: Int, owned: Int, running: Int, quarantined: Int) {
        self.live = live
        self.generations = generations
        self.owned = owned
        self.running = running
        self.quarantined = quarantined
    }
}

extension Workspace {
    package func health() async -> WorkspaceHealth {
        let figures = ProcessFigures(self.services.ports.files)
        return WorkspaceHealth(
            rssBytes: figures.residentBytes, descriptors: figures.descriptors, threads: figures.threads,
            subscriptions: self.bus.subscriptionCount, agents: await self.roster.names.count,
            plugins: self.services.plugins?.counts ?? PluginCounts(live: 0, generations: 0, owned: 0, running: 0, quarantined: 0))
    }
}
