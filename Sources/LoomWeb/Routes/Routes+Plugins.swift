import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// What can be done to a plugin.
    func addPlugins(to group: RouterGroup<LoopbackContext>) {
        self.on("plugins/:kind/:name/rollback", group) { body, context in
            let plugin = "\(try context.segment("kind"))/\(try context.segment("name"))"
            let generation = try body.integer("to")
            let done = try await self.command { () async throws(CommandError) in
                try await self.workspace.rollback(plugin: plugin, to: generation, by: Self.source)
            }
            return ["done": .string(done.text), "rollback": try JSON(encoding: done)]
        }
        self.on("plugins/:kind/:name/reload", group) { _, context in
            let plugin = "\(try context.segment("kind"))/\(try context.segment("name"))"
            let reports = try await self.command { () async throws(CommandError) in
                try await self.workspace.reload(plugin: plugin)
            }
            return ["done": "\(plugin) was loaded anew.", "reports": try JSON(encoding: reports)]
        }
    }

    /// What the page of a plugin shows, or the refusal that says where all of them are.
    func story(_ kind: String, _ name: String) async throws(Refusal) -> PluginStoryView {
        // First the story, which waits for a reload under way: what the catalog says after it is not older.
        let story = await self.workspace.story(kind: kind, plugin: name)
        let summary = story?.deleted ?? self.workspace.catalog.plugins.first { $0.kind == kind && $0.name == name }
        guard let story, let summary else {
            throw .notFound("The plugin \(kind)/\(name)", hint: "The page /plugins lists every plugin that is loaded.")
        }
        let report = await self.workspace.lastReports().first { $0.kind == kind && $0.plugin == name }
        return PluginStoryView(summary, report, story, now: self.clock.now)
    }
}
