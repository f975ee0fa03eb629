import LoomSystem

extension Workspace {
    package func snapshot() async -> Snapshot {
        let services = self.services
        let sequence = (try? await services.store.lastSequence(session: services.session)) ?? 0
        let usage = (try? await services.store.usage(session: services.session)) ?? [:]
        return Snapshot(
            sequence: sequence, workspace: FilePath.name(of: services.directory), directory: services.directory,
            session: services.session.description, agents: await self.roster.summaries(), questions: await services.questions.waiting,
            tasks: (try? await services.store.tasks(session: services.session)) ?? [],
            usage: usage.values.reduce(Usage()) { $0 + $1.usage }, costUSD: usage.values.reduce(0) { $0 + $1.cost },
            unpricedCalls: usage.values.reduce(0) { $0 + $1.unpriced }, budgetUSD: services.budget.sessionLimit,
            permissions: services.permissions.preset.rawValue, grants: services.permissions.grants.map(\.description),
            model: services.configuration.model)
    }

    /// The models of the providers that can be used, whose names hold a text. A provider that was not asked for a day is asked first.
    package func models(matching text: String) async -> (models: [ModelFacts], problems: [String]) {
        let (table, now) = (self.services.models, self.services.ports.clock.now)
        // Right after the prompt most providers are on their way.
        await self.services.plugins?.loadRest()
        let usable = await self.usableProviders()
        let stale = usable.filter { provider in table.listTime(of: provider.name).map { now - $0 > .seconds(86_400) } ?? true }
        let answers = await table.refresh(stale)
        let problems = answers.filter { answer in !usable.contains { $0.name == answer.provider && $0.isLocal } }
            .compactMap { answer in answer.problem.map { "\(answer.provider) does not say which models there are: \($0)" } }
        let wanted = text.lowercased()
        let models = table.all(of: self.listed(usable)).filter { wanted.isEmpty || $0.name.lowercased().contains(wanted) }
        return (models, problems)
    }

    /// Names of models that begin so, of the providers that can be used.
    package func modelNames(beginning text: String) async -> [String] {
        let usable = self.listed(await self.usableProviders())
        return self.services.models.all(of: usable).map(\.name).filter { $0.hasPrefix(text) }
    }

    private func usableProviders() async -> [any Provider] {
        var usable: [any Provider] = []
        for provider in self.catalog.providers where await provider.missing() == nil { usable.append(provider) }
        return usable
    }

    /// Without the servers on this machine that never answered.
    private func listed(_ providers: [any Provider]) -> Set<String> {
        Set(providers.filter { !$0.isLocal || self.services.models.listTime(of: $0.name) != nil }.map(\.name))
    }

    /// What this session's model calls used and cost, in groups.
    package func costs(by group: CostReport.Group) async throws(CommandError) -> CostReport {
        do {
            return try await self.services.store.costs(by: group, session: self.session.description)
        } catch {
            throw CommandError(error)
        }
    }

    /// Kept signals behind a number, oldest first.
    package func history(after sequence: Int64, limit: Int) async throws(CommandError) -> [Signal] {
        do {
            return try await self.services.store.signals(after: sequence, limit: limit, session: self.session)
        } catch {
            throw CommandError(error)
        }
    }

    /// The newest kept signals, oldest first.
    package func latest(_ count: Int) async throws(CommandError) -> [Signal] {
        do {
            return try await self.services.store.latestSignals(count, session: self.session)
        } catch {
            throw CommandError(error)
        }
    }

    /// Kept signals whose topic fits a pattern: those behind a number, oldest first, or the newest.
    package func history(matching pattern: String, after sequence: Int64?, limit: Int) async throws(CommandError) -> [Signal] {
        let pattern = TopicPattern(pattern)
        do {
            guard let sequence else {
                return try await self.services.store.latestSignals(limit, session: self.session, matching: pattern)
            }
            return try await self.services.store.signals(after: sequence, limit: limit, session: self.session, matching: [pattern])
        } catch {
            throw CommandError(error)
        }
    }

    /// What a tool call was given and what it gave back; nil when there was no such call.
    package func toolOutput(_ call: String) async -> (started: ToolStarted, finished: ToolFinished?)? {
        let signals = (try? await self.services.store.signals(about: call, session: self.session)) ?? []
        guard let started = signals.lazy.compactMap({ $0.payload(ToolStarted.self) }).last else { return nil }
        // Some servers number calls for each agent anew.
        return (started, signals.lazy.compactMap { $0.payload(ToolFinished.self) }.last { $0.agent == started.agent })
    }

    /// The last tool calls of the session, before it was resumed too, oldest first.
    package func toolCalls(_ count: Int) async throws(CommandError) -> [ToolCallRecord] {
        do {
            return try await self.services.store.toolCalls(count, session: self.session).reversed()
        } catch {
            throw CommandError(error)
        }
    }

    /// Nil when there is no call with this number.
    package func toolCall(number: Int) async throws(CommandError) -> ToolCallRecord? {
        do {
            return try await self.services.store.toolCalls(1, number: number, session: self.session).first
        } catch {
            throw CommandError(error)
        }
    }

    /// What an agent said, did and was told, oldest first.
    package func transcript(of name: String) async throws(CommandError) -> [TranscriptEntry] {
        let identity = try await self.roster.identity(name)
        let events: [(AgentEvent, Timestamp)]
        do {
            events = try await self.services.store.events(of: identity.id)
        } catch {
            throw CommandError(error)
        }
        var entries: [TranscriptEntry] = []
        for (event, time) in events { entries += await self.shown(event).transcript(at: time) }
        return entries
    }

    /// With calls that only pass others on shown as what they stand for.
    private func shown(_ event: AgentEvent) async -> AgentEvent {
        guard case .replied(var reply, let parallel) = event else { return event }
        for (index, part) in reply.message.parts.enumerated() {
            guard case .toolCall(let call) = part, let tool = self.catalog.tool(call.name), tool.isForwarder,
                let target = try? await tool.forwarded(call.arguments)
            else { continue }
            reply.message.parts[index] = .toolCall(
                ToolCall(id: call.id, name: target.tool, arguments: target.arguments, signature: call.signature))
        }
        return .replied(reply, parallel: parallel)
    }
}

extension AgentEvent {
    fileprivate func transcript(at time: Timestamp) -> [TranscriptEntry] {
        switch self {
        case .received(let items):
            items.map { TranscriptEntry(kind: $0.kind.rawValue, name: $0.from, text: $0.text, time: $0.time) }
        case .replied(let reply, _):
            reply.message.parts.map { part in
                switch part {
                case .text(let text): TranscriptEntry(kind: "said", name: "", text: text, time: time)
                case .thinking(let text, _): TranscriptEntry(kind: "thinking", name: "", text: text, time: time)
                case .toolCall(let call):
                    TranscriptEntry(kind: "tool", name: call.name, text: call.malformed ?? call.arguments.text(pretty: true), time: time)
                case .attachment(let attachment):
                    TranscriptEntry(
                        kind: "result", name: attachment.name, text: "\(attachment.mediaType), \(attachment.bytes) bytes", time: time)
                case .toolResult(_, let name, let text, _): TranscriptEntry(kind: "result", name: name, text: text, time: time)
                }
            }
        case .finished(_, let result):
            [TranscriptEntry(kind: "result", name: result.status.rawValue, text: result.text, time: time)]
        case .modelFailed(let failure): [TranscriptEntry(kind: "notice", name: "model", text: failure.description, time: time)]
        case .cancelled(let by): [TranscriptEntry(kind: "notice", name: by, text: "The turn was stopped.", time: time)]
        case .restarted: [TranscriptEntry(kind: "notice", name: "kernel", text: "The agent came back after a restart.", time: time)]
        case .told(_, let text): [TranscriptEntry(kind: "notice", name: "plugins", text: text, time: time)]
        case .gated, .ungated, .started, .prefixed, .departed, .paused, .resumed: []
        }
    }
}
