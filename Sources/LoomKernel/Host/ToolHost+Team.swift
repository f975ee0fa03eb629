import GRDB
import LoomSystem

/// Whom a tool wants to start.
package struct SpawnRequest: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package var name: String?
        package var role: String
        package var model: String?
        package init(name: String?, role: String, model: String?) {
            self.name = name
            self.role = role
            self.model = model
        }
    }
    /// Nil for the caller's own team.
    package var teamName: String?
    package var purpose: String
    package var members: [Member]
    package init(teamName: String?, purpose: String, members: [Member]) {
        self.teamName = teamName
        self.purpose = purpose
        self.members = members
    }
}

extension ToolHost {
    /// Starts agents, all or none being checked first, through the spawn gate.
    package func spawn(_ request: SpawnRequest) async throws(ToolError) -> [AgentSummary] {
        let team = request.teamName ?? self.agent.team
        var planned: [String] = []
        do {
            for member in request.members {
                let plan = try await self.roster.plan(.init(role: member.role, name: member.name, model: member.model, team: team))
                planned.append("\(plan.name) (\(plan.role.name), \(plan.model))")
            }
        } catch {
            throw ToolError(error.description)
        }
        guard !planned.isEmpty else { throw ToolError("There is nobody to start: give at least one role.") }
        let count = "\(planned.count) agent\(planned.count == 1 ? "" : "s")"
        try await self.authority.require(
            Access(.spawn, "\(count): \(planned.joined(separator: ", "))"),
            detail: "purpose: \(request.purpose)\n" + planned.joined(separator: "\n"), wait: self.humanWait)
        var names: [String] = []
        for member in request.members {
            do {
                let identity = try await self.roster.spawn(
                    .init(role: member.role, name: member.name, model: member.model, team: team), by: self.agent.source,
                    effect: (self.agent.id, self.call))
                names.append(identity.name)
            } catch {
                throw ToolError("\(error) Started before that: \(names.isEmpty ? "nobody" : names.joined(separator: ", ")).")
            }
        }
        return await self.roster.summaries().filter { names.contains($0.name) }
    }

    /// Puts a task on the board for an agent and tells it.
    package func assign(title: String, description: String, to name: String) async throws(ToolError) -> TaskSummary {
        try await self.authority.require(Access(.message, name), wait: self.humanWait)
        let assignee = try await self.identity(name)
        let (agent, call) = (self.agent, self.call)
        let item = self.services.identifiers.next()
        let task = try await self.store { transaction in
            let task = TaskSummary(
                id: try transaction.nextTaskID(), title: title, description: description, status: .assigned, assignee: assignee.name,
                creator: agent.name, result: "")
            try transaction.record(.stored("\(task.id) was assigned to \(assignee.name)"), agent: agent.id, call: call)
            try transaction.insert(task, by: agent.source, team: agent.team, call: call)
            let text = "\(task.id) «\(title)»\n\(description)\nWhen it is finished, call peer_complete_task with task_id \(task.id)."
            try transaction.queue(
                InboxItem(
                    id: item, from: agent.name, to: assignee.name, kind: .task, priority: .normal, text: text, time: transaction.now,
                    cause: nil), agent: assignee, source: agent.source, call: call)
            return task
        }
        await self.roster.wake(assignee.name)
        return task
    }

    /// Reports a task as done or failed, and tells who gave it. `task` nil means the agent's only open one.
    package func complete(task id: String?, result: String, failed: Bool) async throws(ToolError) -> TaskSummary {
        let tasks = await self.tasks()
        let own = tasks.filter { $0.assignee == self.agent.name && ($0.status == .assigned || $0.status == .active) }
        let open = try Self.choose(id, own: own, all: tasks, agent: self.agent.name)
        try await self.authority.require(Access(.message, open.creator), wait: self.humanWait)
        let creator = try? await self.roster.identity(open.creator)
        let (agent, call) = (self.agent, self.call)
        let item = self.services.identifiers.next()
        let done = try await self.store { transaction -> TaskSummary? in
            let status: TaskSummary.Status = failed ? .failed : .done
            guard
                let task = try transaction.update(task: open.id, to: status, result: result, by: agent.source, team: agent.team, call: call)
            else {
                return nil
            }
            try transaction.record(.stored("\(task.id) was reported as \(status.rawValue)"), agent: agent.id, call: call)
            if let creator {
                let text = "\(task.id) «\(task.title)» \(failed ? "failed" : "is done"), says \(agent.name):\n\(result)"
                try transaction.queue(
                    InboxItem(
                        id: item, from: agent.name, to: creator.name, kind: .report, priority: .normal, text: text, time: transaction.now,
                        cause: nil), agent: creator, source: agent.source, call: call)
            }
            return task
        }
        guard let done else { throw ToolError("\(open.id) is not open any more.") }
        await self.roster.wake(open.creator)
        return done
    }

    private static func choose(
        _ id: String?, own: [TaskSummary], all: [TaskSummary], agent: String
    ) throws(ToolError) -> TaskSummary {
        let list = own.isEmpty ? "You have no open task." : "Your open tasks: \(own.map(\.id).joined(separator: ", "))."
        guard let id else {
            guard own.count == 1, let only = own.first else { throw ToolError("Say which task. \(list)") }
            return only
        }
        if let task = own.first(where: { $0.id == id }) { return task }
        guard let task = all.first(where: { $0.id == id }) else { throw ToolError("There is no task \(id). \(list)") }
        if task.assignee != agent { throw ToolError("\(id) belongs to \(task.assignee), not to you. \(list)") }
        throw ToolError("\(id) is \(task.status.rawValue) already. \(list)")
    }

    package func tasks() async -> [TaskSummary] { (try? await self.services.store.tasks(session: self.services.session)) ?? [] }

    package func agents() async -> [AgentSummary] { await self.roster.summaries() }

    /// A message to a teammate: read at its next boundary, or at once when urgent.
    package func send(to name: String, _ text: String, urgent: Bool) async throws(ToolError) -> InboxItem {
        try await self.authority.require(Access(.message, name), wait: self.humanWait)
        guard name != self.agent.name || self.agent.kind != .agent else { throw ToolError("That is you. Write to a teammate.") }
        do {
            return try await self.roster.deliver(
                text, to: name, from: self.agent.name, source: self.agent.source, kind: .peer, urgent: urgent,
                effect: (self.agent.id, self.call))
        } catch {
            throw ToolError(error.description)
        }
    }

    /// Asks the human and waits.
    package func ask(_ question: String, options: [String]) async throws(ToolError) -> String {
        let draft = Questions.Draft(
            kind: .choice, asker: self.agent, call: self.call, title: "\(self.agent.name) asks: \(question)",
            options: options)
        let reply = try await self.authority.put(draft, wait: self.humanWait)
        switch reply.answer {
        case .text(let text): return text
        case .allow, .always: return "yes"
        case .refuse where reply.by.hasPrefix("nobody"):
            throw ToolError("Nobody can answer in this session. Decide by your own best judgement and say what you assumed.")
        case .refuse: throw ToolError("The person did not want to answer. Go on by your own best judgement, or stop.")
        }
    }

    private func identity(_ name: String) async throws(ToolError) -> AgentIdentity {
        do { return try await self.roster.identity(name) } catch { throw ToolError("\(error)") }
    }
}
