import LoomRepository
package import LoomSystem

extension ToolHost {
    /// What can be done to another agent's work.
    package enum Control: String, Sendable, CaseIterable {
        /// At its next boundary: no model call, no tool begins.
        case pause
        case resume
        /// Its turn under way is cancelled; it stays and can be spoken to.
        case stop
    }

    package func summary(of name: String) async throws(ToolError) -> AgentSummary {
        do {
            _ = try await self.roster.identity(name)
        } catch {
            throw ToolError(error.description, code: "not_found")
        }
        guard let summary = await self.roster.summaries().first(where: { $0.name == name }) else {
            throw ToolError("\(name) has left.", code: "not_found")
        }
        return summary
    }

    package func control(_ name: String, _ control: Control) async throws(ToolError) {
        do { _ = try await self.roster.agent(name) } catch { throw ToolError(error.description, code: "not_found") }
        guard name != self.agent.name || self.agent.kind != .agent else {
            throw ToolError(
                "\(name) cannot \(control.rawValue) itself: it would wait for its own call. End the turn instead.", code: "self")
        }
        try await self.authority.require(Access(.control, name), note: "(\(control.rawValue))", wait: self.humanWait)
        let (source, call) = (self.agent, self.call)
        try await self.store { try $0.record(.stored("\(name) was told to \(control.rawValue)"), agent: source.id, call: call) }
        let event: AgentEvent =
            switch control {
            case .pause: .paused
            case .resume: .resumed
            case .stop: .cancelled(by: source.source)
            }
        do { try await self.roster.control(event, name) } catch { throw ToolError(error.description) }
    }

    /// What waits in the inbox of whoever acts, the urgent first. Looking at it does not mark it as read.
    package func unread() async throws(ToolError) -> [InboxItem] {
        do { return try await self.services.store.unread(agent: self.agent) } catch { throw ToolError(error.description) }
    }

    /// What is loaded: every plugin with its current generation.
    package var plugins: [PluginSummary] { self.services.catalog.plugins }

    /// What is kept of the plugins of a name, the newest text first.
    package func versions(of plugin: String) async throws(ToolError) -> [PluginVersion] {
        do { return try await self.services.store.versions(of: plugin) } catch { throw ToolError(error.description) }
    }

    /// Bytes of the project's own rules in such a prompt.
    private static let promptRulesLimit = 32 << 10

    /// A prompt of the plugins, as it is for whoever acts.
    package func prompt(_ name: String, values: JSON) async throws(ToolError) -> String {
        let context = PromptContext(
            agent: self.agent.name, role: self.agent.role, team: self.agent.team, project: self.services.directory,
            rules: self.services.rules.excerpt(bytes: Self.promptRulesLimit).text)
        do {
            return try await self.services.catalog.prompt(named: name, context, values: values)
        } catch {
            throw ToolError(error.description, code: "prompt")
        }
    }
}
