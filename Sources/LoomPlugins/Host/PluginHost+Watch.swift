package import LoomRepository
package import LoomSystem

extension PluginHost {
    /// Reloads whenever a file of the roots changes, until the task is cancelled. The watching itself is a process of its own:
    /// where that can't be started this throws, and `reload` still works by hand.
    /// - Parameters:
    ///   - files: other files for the same watcher.
    ///   - filesChanged: called when one of them may have changed, and once at the beginning.
    package func watch(
        runner: any ProcessRunner = LiveProcessRunner(), program: String? = nil, files: [String] = [],
        filesChanged: @escaping @Sendable () async -> Void = {}
    ) async throws(Watcher.Failure) {
        let watcher = Watcher(folders: roots.flatMap(\.watched), files: files, runner: runner, clock: ports.clock, program: program)
        try await watcher.start()
        // What changed before the watch stood is seen now.
        await filesChanged()
        await reload()
        await withTaskCancellationHandler {
            var saves = SaveWatch(host: self, clock: ports.clock)
            for await change in watcher.changes {
                switch change {
                case .changed(let paths):
                    if !paths.isDisjoint(with: files) { await filesChanged() }
                    if !paths.isSubset(of: files) { await saves.noticed() }
                case .rescan:
                    await filesChanged()
                    await saves.noticed()
                case .trouble(.gone): break
                case .trouble(let trouble): ports.log("warning", "loomkin-watch", trouble.description)
                }
            }
            saves.stop()
        } onCancel: {
            Task { await watcher.stop() }
        }
        await watcher.stop()
    }

    /// Takes over what was saved. False, and nothing done, when something is missing or does not load: the save may be under way.
    func takeSaved() async -> Bool {
        await inTurn { host in
            let isTaken = await host.bring(to: host.look(), isSettled: false) != nil
            await host.remember()
            await host.askAboutHeld()
            return isTaken
        }
    }
}

/// Tells a save that is under way from one that is broken.
///
/// A look may fall into the middle of a save: the old file is gone and the new one not there yet, or only its beginning is. What
/// loads is live at once; but before anything is removed or refused, no file may have changed for a moment.
private struct SaveWatch {
    /// Longer than an editor takes between two steps of one save, and than a watcher gathers what it tells in one piece; so short that
    /// a person hardly notices.
    private static let pause: Duration = .milliseconds(100)
    /// Whoever writes without pause is told so late that it is broken.
    private static let patience: Duration = .seconds(2)

    private let host: PluginHost
    private let clock: any WallClock
    /// Since when no look has found everything in order, and when the last change was noticed.
    private var unsettled: (since: Duration, last: Duration)?
    private var verdict: Task<Void, Never>?

    init(host: PluginHost, clock: any WallClock) {
        self.host = host
        self.clock = clock
    }

    mutating func noticed() async {
        verdict?.cancel()
        if await host.takeSaved() {
            unsettled = nil
            return
        }
        let now = clock.uptime
        // After a pause the verdict has fallen, and this is a save of its own.
        let since = unsettled.flatMap { now - $0.last < Self.pause * 2 ? $0.since : nil } ?? now
        unsettled = (since, now)
        let pause = now - since > Self.patience ? .zero : Self.pause
        verdict = Task { [host, clock] in
            guard (try? await clock.sleep(for: pause)) != nil else { return }
            await host.reload()
        }
    }

    func stop() { verdict?.cancel() }
}
