extension Workspace {
    /// Puts an earlier text of a plugin back, in its file and in this session.
    package func rollback(plugin: String, to generation: Int?, by: String) async throws(CommandError) -> PluginRollback {
        let done = try await self.pluginControl().rollback(plugin, to: generation)
        do {
            try await self.services.store.publish(
                PluginRolledBack(
                    plugin: done.plugin, kind: done.kind, generation: done.live, restored: done.restored, kept: done.kept, path: done.path,
                    by: by), source: by)
        } catch {
            throw CommandError(error)
        }
        return done
    }

    /// Loads a plugin anew, whether or not its file changed; nil looks at all files.
    package func reload(plugin: String?) async throws(CommandError) -> [PluginReported] {
        try await self.pluginControl().reload(plugin)
    }

    /// What one plugin is made of and what is kept of it; nil when there is and was none of this kind and name.
    package func story(kind: String, plugin: String) async -> PluginStory? {
        await self.services.plugins?.story(kind: kind, name: plugin)
    }

    /// Plugins without a file that a rollback would bring back.
    package func deletedPlugins() async -> [PluginSummary] {
        await self.services.plugins?.deleted() ?? []
    }

    private func pluginControl() throws(CommandError) -> any PluginControl {
        guard let control = self.services.plugins else { throw CommandError("The plugins of this session cannot be changed.") }
        return control
    }
}
