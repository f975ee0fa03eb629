package import LoomKernel

extension PluginHost {
    package func story(kind: String, name: String) async -> PluginStory? {
        guard let kind = PluginKind(rawValue: kind) else { return nil }
        let key = PluginKey(kind, name)
        // A reload tells what it did before it keeps the new text; what is asked for meanwhile waits for both.
        return await inTurn { host in await host.story(of: key) }
    }

    private func story(of key: PluginKey) async -> PluginStory? {
        guard let file = live[key]?.file ?? seen[key] else { return nil }
        // A history that can't be read is none: the text can be shown all the same.
        let versions = (try? await ports.world.history?.versions(of: key.name)) ?? []
        return PluginStory(
            source: file.text, hash: file.hash, fileHash: (held[key] ?? seen[key])?.hash,
            versions: versions.filter { $0.kind == key.kind.rawValue })
    }
}
