import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// What can be done to a plugin.
    func addPlugins(to group: RouterGroup<PageContext>) {
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
}
