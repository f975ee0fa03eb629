package import LoomKernel
import LoomSystem

/// The newest text that is kept of a plugin, and how many are.
struct KeptVersion: Sendable {
    var version: PluginVersion
    var count: Int
}

extension PluginHost {
    /// From now on plugins work in this workspace, and the texts they have are kept in its database.
    package func attach(_ workspace: Workspace) async {
        ports.world.attach(workspace, self)
        await workspace.catalogChanged()
        await inTurn { host in await host.keepFirst() }
    }

    /// Numbers go on from what is kept here. To be called before anything is loaded; nil ends it.
    package nonisolated func use(_ history: (any PluginHistory)?) { ports.world.setHistory(history) }

    private func keepFirst() async {
        // What was loaded without a history may have been numbered by another session meanwhile.
        if kept.isEmpty { await recall() }
        await remember()
    }

    /// Reads what is kept, also by other sessions of this project.
    func recall() async {
        // A history that can't be read is none: plugins work all the same.
        guard let newest = try? await ports.world.history?.newestVersions() else { return }
        for (version, count) in newest {
            guard let kind = PluginKind(rawValue: version.kind) else { continue }
            let key = PluginKey(kind, version.plugin)
            kept[key] = KeptVersion(version: version, count: count)
            numbers[key] = max(numbers[key] ?? 0, version.latest)
        }
    }

    /// The number that a generation of this file gets.
    func number(of file: PluginFile) -> Int {
        let last = numbers[file.key] ?? 0
        // At a start the text that was last in use, and in a session what another one has numbered already.
        let isNumbered = kept[file.key].map { $0.version.isText(of: file) && $0.version.latest == last } ?? false
        return isNumbered && last > live[file.key]?.number ?? 0 ? last : last + 1
    }

    /// Keeps the texts that are live and not kept yet, all in one transaction.
    func remember() async {
        guard let history = ports.world.history else { return }
        let now = ports.clock.now
        let texts = live.values.compactMap { plugin -> (version: PluginVersion, source: String)? in
            let known = kept[plugin.key]?.version
            // A number of an earlier session that could not be read back is not written over.
            guard plugin.number >= known?.latest ?? 0 else { return nil }
            guard let known, known.isText(of: plugin.file) else {
                return (PluginVersion(plugin.file, number: plugin.number, status: .used, time: now), plugin.file.text)
            }
            guard plugin.number > known.latest || known.status != .used else { return nil }
            let version = PluginVersion(
                plugin.file, number: known.number, latest: plugin.number, status: .used, time: known.time)
            return (version, plugin.file.text)
        }
        guard !texts.isEmpty else { return }
        do {
            try await history.keep(texts)
        } catch {
            ports.log("warning", "plugins", "What the plugins hold now could not be kept for a rollback: \(error)")
            return
        }
        for (version, _) in texts { note(version) }
        show()
    }

    /// It is kept now.
    func note(_ version: PluginVersion) {
        guard let kind = PluginKind(rawValue: version.kind) else { return }
        let key = PluginKey(kind, version.plugin)
        let isNew = kept[key]?.version.number != version.number
        kept[key] = KeptVersion(version: version, count: min(PluginVersions.kept, (kept[key]?.count ?? 0) + (isNew ? 1 : 0)))
        numbers[key] = max(numbers[key] ?? 0, version.latest)
    }
}

extension PluginVersion {
    init(_ file: PluginFile, number: Int, latest: Int? = nil, status: Status, time: Timestamp) {
        self.init(
            plugin: file.key.name, kind: file.key.kind.rawValue, number: number, latest: latest ?? number, root: file.root.name,
            hash: file.hash, status: status, time: time)
    }

    func isText(of file: PluginFile) -> Bool { hash == file.hash && root == file.root.name }
}
