import LoomSystem

/// What a running plugin can do to the world. Every function asks the permission engine for what it touches, with the rights of
/// the agent whose call it is, or of a plugin that acts for itself; there is no other way.
package struct ToolHost: Sendable {
    /// Whoever acts.
    package let agent: AgentIdentity
    package let call: String
    /// The plugin's name, which rules may speak of.
    package let tool: String
    let authority: CallAuthority
    let roster: Roster
    /// True when a wait for a human begins, false when it ends: the caller stops its deadline's clock meanwhile.
    package var humanWait: (@Sendable (Bool) -> Void)?

    /// How many tools have called each other to come here.
    var depth = 0

    init(agent: AgentIdentity, call: String, tool: String, authority: CallAuthority, roster: Roster) {
        self.agent = agent
        self.call = call
        self.tool = tool
        self.authority = authority
        self.roster = roster
    }

    /// A host for a plugin that acts for itself, in one call of it.
    init(plugin: AgentIdentity, call: String, roster: Roster) {
        self.init(
            agent: plugin, call: call, tool: plugin.name,
            authority: CallAuthority(plugin, roster.services, call: call, tool: plugin.name), roster: roster)
    }

    /// The same call seen by another plugin that takes part in it, under that plugin's name.
    func seen(by plugin: String) -> ToolHost {
        var host = ToolHost(
            agent: self.agent, call: self.call, tool: plugin,
            authority: CallAuthority(self.agent, self.services, call: self.call, tool: plugin, tell: self.authority.tell),
            roster: self.roster)
        host.humanWait = self.humanWait
        return host
    }

    var services: Services { self.roster.services }

    /// The project's folder, absolute.
    package var directory: String { self.services.directory }

    /// Streamed output, for people who watch. Not kept, and not what the model reads.
    package func progress(_ text: String) {
        self.services.bus.publish(
            ToolProgress(agent: self.agent.name, call: self.call, text: self.services.secrets.redact(text)), source: self.agent.source,
            subject: self.call,
            team: self.agent.team)
    }

    /// A path as people and rules know it: resolved, inside the project, relative to it. The root itself is `.`.
    func relative(_ path: String) throws(ToolError) -> String {
        do {
            let real = try self.services.ports.files.confine(path, to: self.directory)
            let relative = FilePath.relative(real, to: self.directory) ?? path
            return relative.isEmpty ? "." : relative
        } catch {
            throw ToolError(error, path: path)
        }
    }

    func absolute(_ relative: String) -> String { relative == "." ? self.directory : self.directory + "/" + relative }

    func store<T: Sendable>(_ body: @Sendable @escaping (Transaction) throws -> T) async throws(ToolError) -> T {
        do { return try await self.services.store.transaction(body) } catch { throw ToolError(error.description) }
    }
}
