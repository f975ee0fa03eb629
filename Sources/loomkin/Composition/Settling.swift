import LoomPlugins
import LoomSystem

/// What is done once when a program that stays has come to rest after its start.
enum Settling {
    /// Long enough for the start to be over, plugins watched and the first page shown.
    private static let delay: Duration = .seconds(1)

    static func begin(_ plugins: PluginHost, _ clock: any WallClock) {
        Task {
            guard (try? await clock.sleep(for: self.delay)) != nil else { return }
            await plugins.rest()
            MappedFiles.releaseUnused()
            Heap.trim()
        }
    }
}
