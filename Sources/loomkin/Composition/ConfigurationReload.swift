import LoomKernel
import LoomPlugins
import LoomSystem

/// Takes over settings that are saved while a session runs. What cannot be used changes nothing, and a line says why.
///
/// A trusted project's file counts with the content that was trusted; another content waits for a person's word.
actor ConfigurationReload {
    /// Longer than an editor takes between two steps of one save.
    private static let pause: Duration = .milliseconds(100)

    private let project: Project
    private let workspace: Workspace
    /// The text of the project's file that counts.
    private var accepted: String
    /// The contents that were asked about.
    private var asked: Set<String> = []
    private var complaint: String?
    /// How often something may have changed.
    private var changes = 0

    init(_ project: Project, _ workspace: Workspace) {
        self.project = project
        self.workspace = workspace
        self.accepted = project.ownSettings
    }

    /// A file may have changed. The look is put off until nothing has changed for a moment: the middle of a save is no content.
    func noticed() {
        self.changes += 1
        Task { [change = self.changes, clock = self.project.ports.clock] in
            try? await clock.sleep(for: Self.pause)
            if change == self.changes { await self.look() }
        }
    }

    private func look() async {
        let text = self.project.sources.projectText()
        if text != self.accepted {
            if self.isAdmitted(text) { self.accepted = text } else { await self.ask(about: text) }
        }
        do throws(ConfigurationError) {
            await self.take(try self.project.sources.read(project: self.accepted))
            self.complaint = nil
        } catch {
            guard error.description != self.complaint else { return }
            self.complaint = error.description
            await self.tell("error", "\(error) What was set before goes on.")
        }
    }

    private func take(_ new: Configuration) async {
        let before = self.project.configuration
        var configuration = new
        configuration.notices += configuration.strangers(to: self.project.knownNames)
        await self.workspace.reconfigure(configuration)
        let now = self.project.configuration
        if (before.providers, before.endpoints) != (now.providers, now.endpoints) { await self.project.plugins.configurationChanged() }
    }

    // MARK: Trust

    /// Of an untrusted project every text counts, for what is harmless in it.
    private func isAdmitted(_ text: String) -> Bool {
        !self.project.isTrusted || self.project.trust.trusted()[Self.path] == Hash.sha256(text)
    }

    private func ask(about text: String) async {
        guard self.asked.insert(text).inserted else { return }
        let what =
            self.project.trust.trusted()[Self.path] == nil
            ? "is new, so nothing of it counts yet." : "changed since it was trusted: what it said before goes on."
        if self.workspace.asks(about: Self.path) {
            await self.tell("warning", "\(Self.path) \(what) Answer the question, or run «loomkin trust» before the next start.")
        }
        let diff = UnifiedDiff(from: self.accepted, to: text, path: Self.path)
        let change = (note: "(+\(diff.added) −\(diff.removed))", text: diff.text(limit: 20_000))
        Task {
            guard await self.workspace.admits(Self.path, change: change) else { return }
            await self.admit(text)
        }
    }

    private func admit(_ text: String) async {
        do {
            try self.project.trust.accept(Self.path, hash: Hash.sha256(text))
        } catch {
            await self.tell("error", "The trust in \(Self.path) could not be stored: \(error)")
        }
        self.noticed()
    }

    private func tell(_ level: String, _ text: String) async {
        _ = try? await self.workspace.services.store.publish(Notice(level: level, text: text), source: "kernel")
    }

    private static let path = ".loomkin.toml"
}
