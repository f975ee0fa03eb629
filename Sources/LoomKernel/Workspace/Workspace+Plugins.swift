package import LoomSystem

extension Workspace {
    /// Runs a plugin's command for the person who typed it, and gives back what it says.
    package func run(command name: String, _ text: String) async throws(CommandError) -> String {
        guard let command = self.catalog.commands.first(where: { $0.name == name }) else {
            let nearest = nearestWord(to: name, in: self.catalog.commands.map(\.name))
            throw CommandError("There is no command «\(name)».\(nearest.map { " Did you mean \($0)?" } ?? "")")
        }
        let host = ToolHost(
            plugin: AgentIdentity(plugin: name, kind: .command), call: self.services.identifiers.next().description, roster: self.roster)
        do {
            return self.services.secrets.redact(try await command.run(text, try await self.view(), host))
        } catch {
            throw CommandError(error.message)
        }
    }

    /// What the argument begun may become, as the command's plugin says.
    package func complete(command name: String, _ word: String) async -> [String] {
        guard let command = self.catalog.commands.first(where: { $0.name == name }), let view = try? await self.view() else { return [] }
        return await command.complete(word, view)
    }

    /// The nodes of a plugin's panel as things stand; nil when there is no such panel.
    package func draw(panel name: String) async throws(CommandError) -> JSON? {
        guard let panel = self.catalog.panels.first(where: { $0.name == name }) else { return nil }
        do {
            return try await panel.render(try await self.view())
        } catch {
            throw CommandError(error.message)
        }
    }

    /// Whether a person would be asked about such a file, and no rule decides.
    package nonisolated func asks(about path: String) -> Bool {
        self.services.permissions.decide(tool: PermissionRule.ofPlugins, Access(.extend, path)).verdict == .ask
    }

    /// Asks whether a file that somebody changed outside of this session may be used. A rule may answer, or a person.
    /// - Parameter change: from what was trusted before; the text is a unified diff.
    package func admits(_ path: String, change: (note: String, text: String)) async -> Bool {
        let asker = AgentIdentity(plugin: PermissionRule.ofPlugins, kind: .service)
        let authority = CallAuthority(asker, self.services, call: self.services.identifiers.next().description, tool: asker.name)
        do {
            try await authority.require(Access(.extend, path), note: change.note, detail: change.text)
            return true
        } catch {
            return false
        }
    }

    /// The workspace as commands and panels see it.
    private func view() async throws(ToolError) -> JSON {
        do { return try JSON(encoding: await self.snapshot()) } catch { throw ToolError("The session cannot be shown: \(error)") }
    }
}
