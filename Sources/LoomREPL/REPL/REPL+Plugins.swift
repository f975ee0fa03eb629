import LoomKernel

extension REPL {
    /// All kinds with their names, what is not bundled with its place, and what is not well.
    func listPlugins() async {
        let plugins = self.workspace.catalog.plugins
        guard !plugins.isEmpty else { return await self.say("There are no plugins.") }
        self.renderer.interrupted()
        let layout = self.renderer.layout
        let kinds = Dictionary(grouping: plugins, by: \.kind).sorted { $0.key < $1.key }
        let width = (kinds.map(\.key.count).max() ?? 0) + 2
        var lines: [String] = []
        for (kind, plugins) in kinds {
            lines += layout.block(
                plugins.map(\.name).sorted().joined(separator: " "), indent: 2 + width, first: "  " + kind.padded(to: width))
        }
        for plugin in plugins where plugin.root != "bundled" {
            lines += layout.block("\(Self.title(plugin))\(Self.place(plugin))", indent: 2)
        }
        for plugin in plugins {
            if let error = plugin.error { lines += layout.block("\(Self.title(plugin))  \(plugin.status): \(error)", indent: 2, .red) }
        }
        await self.print(lines)
    }

    /// Everything of this name: generation, calls, and the whole of what went wrong.
    func describe(plugin name: String) async {
        let all = self.workspace.catalog.plugins
        let found = all.filter { $0.name == name }
        guard !found.isEmpty else {
            let nearest = nearestWord(to: name, in: Set(all.map(\.name)).sorted())
            return await self.say("There is no plugin «\(name)». \(nearest.map { "Did you mean \($0)?" } ?? "/plugins lists them.")")
        }
        var lines: [String] = []
        for plugin in found {
            lines.append("\(Self.title(plugin))\(Self.place(plugin))  \(plugin.status)")
            lines.append(
                "  \(plugin.path)  \(Figures.count(plugin.calls, "call"))\(plugin.running > 0 ? ", \(plugin.running) running" : "")")
            if let error = plugin.error { lines.append("  \(error)") }
        }
        if let failure = self.failures[name] { lines.append("last failure: \(failure)") }
        await self.say(lines.joined(separator: "\n"))
    }

    private static func title(_ plugin: PluginSummary) -> String { "\(plugin.kind) \(plugin.name)" }

    private static func place(_ plugin: PluginSummary) -> String {
        let hidden = plugin.shadows.isEmpty ? "" : ", in front of \(plugin.shadows.joined(separator: ", "))"
        return "  from \(plugin.root), generation \(plugin.generation)\(hidden)"
    }
}
