import LoomKernel
import LoomSystem

/// One kept text of a plugin as a row: the columns of `loomkin plugin show`.
struct VersionView {
    /// The first generation that ran it, to go back to.
    let number: Int
    /// `4`, or `4–6` where several generations ran the same text.
    let numbers: String
    let when: Moment
    let hash: String
    let root: String
    let isLive: Bool
    let isAside: Bool
    /// The file holds another text.
    let canGoBack: Bool
    /// The page of its plugin.
    let href: String
    /// Where commands for its plugin are posted to.
    let action: String

    init(_ version: PluginVersion, of plugin: PluginView, fileHash: String?, now: Timestamp) {
        self.number = version.number
        self.numbers = version.number == version.latest ? "\(version.number)" : "\(version.number)–\(version.latest)"
        self.when = Moment(version.time, now: now)
        self.hash = String(version.hash.prefix(8))
        self.root = version.root
        self.isLive = !plugin.isDeleted && version.contains(generation: plugin.generation)
        self.isAside = !self.isLive && version.status == .aside
        self.canGoBack = version.hash != fileHash
        self.href = plugin.href
        self.action = plugin.action
    }
}
