import GRDB
package import LoomSystem

extension Workspace {
    /// What a person says to an agent; nil is the lead.
    @discardableResult
    package func send(
        _ text: String, to agent: String? = nil, by source: String = "user", urgent: Bool = false
    ) async throws(CommandError) -> InboxItem {
        guard !text.isEmpty else { throw CommandError("There is nothing to send.") }
        guard text.utf8.count <= 4 << 20 else {
            throw CommandError("The message is larger than 4 MB. Put it into a file and name the file.")
        }
        let lead = await self.roster.lead
        let name = agent ?? lead
        let item = try await self.roster.deliver(text, to: name, from: source, kind: .user, urgent: urgent)
        await self.touch(title: text)
        return item
    }

    private func touch(title: String) async {
        let session = self.session.description
        let line = String(title.split(whereSeparator: \.isNewline).first?.prefix(80) ?? "")
        // Only for lists of sessions: a failure here must not turn a delivered message into an error.
        _ = try? await self.services.store.transaction { transaction in
            try transaction.db.run(
                sql: "UPDATE session SET active_at = ?, title = CASE title WHEN '' THEN ? ELSE title END WHERE id = ?",
                arguments: [transaction.now.iso8601, line, session])
        }
    }

    package func spawn(role: String, name: String?, model: String?, by: String) async throws(CommandError) -> AgentSummary {
        let identity = try await self.roster.spawn(.init(role: role, name: name, model: model), by: by)
        guard let summary = await self.roster.summaries().first(where: { $0.name == identity.name }) else {
            throw CommandError("\(identity.name) left as soon as it came.")
        }
        return summary
    }

    /// Holds an agent, or all, at the next boundary: no model call, no tool begins.
    package func pause(_ agent: String?) async throws(CommandError) { try await self.control(.paused, agent) }

    package func resume(_ agent: String?) async throws(CommandError) { try await self.control(.resumed, agent) }

    /// Cancels the turn under way; the agent stays and can be spoken to.
    package func stop(_ agent: String?, by: String) async throws(CommandError) { try await self.control(.cancelled(by: by), agent) }

    /// Cancels the turns under way and lets none begin any more, for the end of a session: messages that wait are left for its resume.
    package func halt(by: String) async {
        self.roster.halt()
        try? await self.stop(nil, by: by)
        // Also for whoever waits for quiet: a message that nobody takes tells nothing of itself.
        _ = try? await self.services.store.publish(SessionHalted(session: self.session.description, by: by), source: "kernel")
    }

    private func control(_ event: AgentEvent, _ name: String?) async throws(CommandError) {
        if let name { try await self.roster.control(event, name) } else { await self.roster.control(event) }
    }

    package func remove(_ agent: String, by: String) async throws(CommandError) { try await self.roster.remove(agent, by: by) }

    package func answer(_ question: ID, _ answer: Answer, by: String) async throws(CommandError) {
        let isOpen: Bool
        do { isOpen = try await self.services.questions.answer(question, answer, by: by) } catch { throw CommandError(error) }
        guard isOpen else { throw CommandError("That question is not open any more: it was answered or withdrawn.") }
    }

    /// For one agent, or for all that are and will be.
    /// - Parameter whom: an agent, else a team; nil for everybody.
    /// - Returns: what is to be done before the model can be asked; nil when nothing is.
    @discardableResult
    package func setModel(_ text: String, for whom: String?) async throws(CommandError) -> String? {
        guard let model = ModelName(text) else {
            throw CommandError("«\(text)» is not a model's name. Write PROVIDER:MODEL, for example anthropic:claude-sonnet-5-5.")
        }
        guard let provider = self.catalog.provider(model.provider) else {
            throw CommandError(absence(of: "provider", model.provider, among: self.catalog.providers.map(\.name)))
        }
        try await self.setModel(model, for: whom)
        return await provider.missing()
    }

    private func setModel(_ model: ModelName, for whom: String?) async throws(CommandError) {
        guard let whom else { return try await self.roster.setModel(model, ofTeam: nil) }
        let (agents, teams) = await (self.roster.names, self.roster.teams.sorted())
        if agents.contains(whom) { return try await self.roster.setModel(model, for: whom) }
        guard teams.contains(whom) else {
            let nearest = nearestWord(to: whom, in: agents + teams).map { " Did you mean \($0)?" } ?? ""
            throw CommandError(
                "There is no agent or team «\(whom)».\(nearest) Agents: \(agents.joined(separator: ", ")). "
                    + "Teams: \(teams.joined(separator: ", ")).")
        }
        try await self.roster.setModel(model, ofTeam: whom)
    }

    package func setPermissions(_ preset: TrustPreset, by: String) async throws(CommandError) {
        let session = self.session.description
        let seal = self.services.seal.seal(preset: preset.rawValue, of: session)
        do {
            try await self.services.store.transaction { transaction in
                try transaction.db.run(
                    sql: "UPDATE session SET permissions = ?, seal = ? WHERE id = ?", arguments: [preset.rawValue, seal, session])
                try transaction.publish(Notice(level: "info", text: "Permissions are now \(preset.rawValue), set by \(by)."), source: by)
            }
        } catch {
            throw CommandError(error)
        }
        self.services.permissions.setPreset(preset)
        await self.services.questions.reconsider()
    }

    /// Takes back what was granted for this session.
    package func revoke(_ rule: String, by: String) async throws(CommandError) {
        guard self.services.permissions.revoke(rule) else {
            throw CommandError("There is no grant «\(rule)». /permissions lists them.")
        }
        let session = self.session.description
        do {
            try await self.services.store.transaction { transaction in
                try transaction.db.run(sql: "DELETE FROM grant_rule WHERE session = ? AND rule = ?", arguments: [session, rule])
                try transaction.publish(GrantChanged(rule: rule, granted: false, by: by), source: by)
            }
        } catch {
            throw CommandError(error)
        }
    }
}
