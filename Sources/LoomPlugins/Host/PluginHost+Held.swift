import LoomKernel
import LoomSystem

extension PluginHost {
    /// An editor may be in the middle of a save: what is asked about should be what is there.
    private static let pause: Duration = .milliseconds(150)

    /// Asks once for each content that waits for a person's word.
    func askAboutHeld() {
        for file in held.values where asked.insert(file.hash).inserted {
            Task { await ask(about: file) }
        }
    }

    private func ask(about file: PluginFile) async {
        try? await ports.clock.sleep(for: Self.pause)
        guard held[file.key]?.hash == file.hash, let workspace = ports.world.workspace else {
            asked.remove(file.hash)
            return
        }
        let isNew = Self.isNew(file, live: live[file.key], fault: faults[file.key])
        ports.report(
            PluginReported(
                plugin: file.key.name, kind: file.key.kind.rawValue, from: live[file.key]?.number, to: nil, status: "held",
                error: Self.sentence(file, isNew: isNew), milliseconds: 0))
        let old = live[file.key].flatMap { $0.file.root == file.root ? $0.file.text : nil } ?? ""
        let diff = UnifiedDiff(from: old, to: file.text, path: file.displayPath)
        let change = (note: "(+\(diff.added) −\(diff.removed))", text: diff.text(limit: 20_000))
        guard await workspace.admits(file.displayPath, change: change) else { return }
        do {
            try ports.trust.accept(file)
        } catch {
            ports.log("error", "plugins", "The trust in \(file.displayPath) could not be stored: \(error)")
            return
        }
        await reload()
    }

    /// Why a file is not used.
    static func sentence(_ file: PluginFile, isNew: Bool) -> String {
        let what = isNew ? "it is new and nobody has trusted it yet" : "it changed since it was trusted"
        return "\(file.displayPath): \(what), so it is not used. Answer the question, or run «loomkin trust» and /reload."
    }

    /// Whether its root had no such file that counted.
    static func isNew(_ file: PluginFile, live: LivePlugin?, fault: PluginFault?) -> Bool { live?.file.root != file.root && fault == nil }
}
