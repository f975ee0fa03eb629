package import LoomRepository
package import LoomSystem

extension PluginHost {
    /// Reloads whenever a file of the roots changes, until the task is cancelled. The watching itself is a process of its own:
    /// where that can't be started this throws, and `reload` still works by hand.
    package func watch(runner: any ProcessRunner = LiveProcessRunner(), program: String? = nil) async throws(Watcher.Failure) {
        let folders = roots.flatMap(\.watched)
        let watcher = Watcher(folders: folders, runner: runner, clock: ports.clock, program: program)
        try await watcher.start()
        // What changed before the watch stood is seen now.
        await reload()
        await withTaskCancellationHandler {
            for await change in watcher.changes {
                switch change {
                case .changed, .rescan: await reload()
                case .trouble(.gone): break
                case .trouble(let trouble): ports.log("warning", "loomkin-watch", trouble.description)
                }
            }
        } onCancel: {
            Task { await watcher.stop() }
        }
        await watcher.stop()
    }
}
