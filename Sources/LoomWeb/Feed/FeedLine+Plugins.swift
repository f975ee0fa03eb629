import LoomKernel

extension FeedLine {
    /// What plugins say of themselves, quietly, and that one of them failed.
    static func ofPlugins(_ signal: Signal) -> FeedLine? {
        if let failed = signal.payload(PluginFailed.self) {
            return FeedLine(
                who: failed.plugin, isAgent: false, mark: "✗", spoken: "failed",
                what: ([failed.text] + [failed.trace].compactMap { $0 }).joined(separator: "\n"), tone: .bad)
        }
        if let back = signal.payload(PluginRolledBack.self) {
            // The words of the terminal's line.
            let who = back.by.split(separator: "/").last.map(String.init) ?? back.by
            return FeedLine(
                who: "plugins", isAgent: false, mark: "⟲", spoken: "rollback",
                what: "\(back.plugin) has its text of generation \(back.restored) again, by \(who)", topic: .reload)
        }
        guard SignalTypes.isOfPlugin(signal.type) else { return nil }
        return FeedLine(
            who: signal.source.split(separator: "/").last.map(String.init) ?? signal.source, isAgent: signal.isOfAgent, mark: "•",
            spoken: "tells", what: signal.brief, object: signal.type, tone: .quiet)
    }
}

extension Signal {
    /// Whether an agent did it, who has a page of its own.
    var isOfAgent: Bool { self.source.hasPrefix("agent/") }
}
