package import LoomKernel

extension PluginHost {
    package func story(kind: String, name: String) async -> PluginStory? {
        guard let kind = PluginKind(rawValue: kind) else { return nil }
        let key = PluginKey(kind, name)
        // A reload tells what it did before it keeps the new text; what is asked for meanwhile waits for both.
        return await inTurn { host in await host.story(of: key) }
    }

    private func story(of key: PluginKey) async -> PluginStory? {
        guard let file = live[key]?.file ?? seen[key] else { return await storyOfDeleted(key) }
        // A history that can't be read is none: the text can be shown all the same.
        let versions = (try? await ports.world.history?.versions(of: key.name)) ?? []
        return PluginStory(
            source: file.text, hash: file.hash, fileHash: (held[key] ?? seen[key])?.hash,
            versions: versions.filter { $0.kind == key.kind.rawValue })
    }

    private func storyOfDeleted(_ key: PluginKey) async -> PluginStory? {
        guard let summary = summaryOfDeleted(key), let history = ports.world.history else { return nil }
        let versions = ((try? await history.versions(of: key.name)) ?? []).filter { $0.kind == key.kind.rawValue }
        guard let last = versions.first(where: { $0.status == .used }) ?? versions.first,
            let source = try? await history.source(of: last)
        else { return nil }
        return PluginStory(source: source, hash: last.hash, fileHash: nil, versions: versions, deleted: summary)
    }

    package func deleted() async -> [PluginSummary] {
        await inTurn { host in await host.allDeleted() }
    }

    private func allDeleted() -> [PluginSummary] { kept.keys.sorted().compactMap { summaryOfDeleted($0) } }

    /// Nil when it is there, when nothing is kept of it, and when its root is not loaded: then its file may well be there.
    private func summaryOfDeleted(_ key: PluginKey) -> PluginSummary? {
        guard live[key] == nil, seen[key] == nil, let (version, count) = kept[key].map({ ($0.version, $0.count) }),
            roots.contains(where: { $0.name == version.root && $0.holds(key.kind) })
        else { return nil }
        return PluginSummary(
            name: key.name, kind: key.kind.rawValue, root: version.root, path: key.path, generation: version.latest, shadows: [],
            status: "deleted", calls: 0, running: 0, versions: count)
    }
}
