import LoomKernel

/// One plugin as a row.
struct PluginView {
    let name: String
    let kind: String
    let root: String
    let path: String
    let generation: Int
    let calls: Int
    let running: Int
    let hasRunning: Bool
    let status: String
    /// Its file is gone; a rollback brings it back.
    let isDeleted: Bool
    let error: String?
    let shadows: String?
    /// «generation 7, 2 calls still on generation 6».
    let older: String?
    /// What the last reload changed.
    let report: String?
    /// Its own page.
    let href: String
    /// Where its commands are posted to.
    let action: String
    /// There is something to go back to.
    let canGoBack: Bool

    /// What its last reload left and cost of what vendors had cached.
    let cache: String?

    init(_ plugin: PluginSummary, _ report: PluginReported?) {
        self.name = plugin.name
        self.kind = plugin.kind
        self.root = plugin.root
        self.path = plugin.path
        self.generation = plugin.generation
        self.calls = plugin.calls
        self.running = plugin.running
        self.hasRunning = plugin.running > 0
        self.status = plugin.status
        self.isDeleted = plugin.status == "deleted"
        self.error = plugin.error
        let open = plugin.older.filter { $0.running > 0 }.map { "\($0.running) still on \($0.generation)" }
        self.older = open.isEmpty ? nil : open.joined(separator: ", ")
        self.report = plugin.report?.changes
        self.href = Self.href(kind: plugin.kind, name: plugin.name)
        self.action = "/api/v1\(self.href)"
        self.canGoBack = plugin.versions > (self.isDeleted ? 0 : 1)
        self.shadows = plugin.shadows.isEmpty ? nil : plugin.shadows.joined(separator: ", ")
        let parts = [(report?.cachedTokensKept, "kept"), (report?.cachedTokensLost, "lost")].compactMap { tokens, word in
            tokens.flatMap { $0 > 0 ? "\(Figures.short($0)) \(word)" : nil }
        }
        self.cache = parts.isEmpty ? nil : "cached tokens: \(parts.joined(separator: ", "))"
    }

    static func href(kind: String, name: String) -> String {
        "/plugins/\(PathSegment.encode(kind))/\(PathSegment.encode(name))"
    }
}
