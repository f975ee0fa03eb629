import LoomKernel
import LoomSystem

extension REPL {
    /// The one line at the start, and what waits from before.
    func greet() async {
        let snapshot = await self.workspace.snapshot()
        self.release(upTo: snapshot.sequence)
        let roles = self.workspace.catalog.roles
        self.notePlugins()
        for agent in snapshot.agents {
            self.renderer.noteState(of: agent.name, agent.state)
            self.watch(agent: agent.name, agent.state)
        }
        self.words.update { words in
            words.agents = snapshot.agents.map(\.name)
            words.roles = roles.map(\.name)
        }
        guard self.traits.isInteractive else { return }
        var parts = ["loomkin \(self.options.version)", self.options.folder]
        parts.append(snapshot.model ?? snapshot.agents.first?.model ?? "no model")
        parts.append(Figures.count(self.workspace.catalog.plugins.count, "plugin"))
        if let page = self.page { parts.append("page \(page)") }
        var lines = self.renderer.layout.block(parts.map(\.shown).joined(separator: "  "), indent: 0)
        lines += await self.lastWords(upTo: snapshot.sequence)
        for question in snapshot.questions {
            guard let entry = self.desk.ask(question) else { continue }
            lines += self.renderer.question(question, number: entry.number, others: snapshot.questions.count - 1)
        }
        await self.print(lines)
    }

    /// What the person and the lead said last before the session was resumed, in short.
    private func lastWords(upTo sequence: Int64) async -> [String] {
        let lead = self.renderer.lead
        var last: [(sequence: Int64, who: String, text: String)] = []
        for topic in ["**/user.said", "**/agent.said"] {
            let signals = (try? await self.workspace.history(matching: topic, after: nil, limit: 50)) ?? []
            for signal in signals.reversed() where signal.sequence <= sequence {
                guard let words = Self.words(of: signal, with: lead) else { continue }
                last.append((signal.sequence, words.who, words.text))
                break
            }
        }
        return last.sorted { $0.sequence < $1.sequence }.flatMap { _, who, text in
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return self.renderer.event(who, words.fitted(to: 300, mark: self.renderer.marks.ellipsis), .dim)
        }
    }

    private static func words(of signal: Signal, with lead: String) -> (who: String, text: String)? {
        if let said = signal.payload(UserSaid.self), said.to == lead { return ("you", said.text) }
        if let said = signal.payload(AgentSaid.self), said.agent == lead { return (lead, said.text) }
        return nil
    }

    func help(_ topic: String?) async {
        self.renderer.interrupted()
        let added = self.workspace.catalog.commands
        guard let topic else {
            let layout = self.renderer.layout
            let lines = CommandHelp.overview(added: added.map(\.name), marks: self.renderer.marks, isNarrow: layout.isNarrow)
            return await self.print(
                lines.flatMap { line in
                    let indent = line.prefix { $0 == " " }.count
                    return layout.block(String(line.dropFirst(indent)), indent: indent)
                })
        }
        if let help = CommandHelp.named(topic) { return await self.print(help.details) }
        guard let command = added.first(where: { $0.name == topic }) else {
            let nearest = nearestWord(to: topic, in: CommandHelp.all.map(\.name) + added.map(\.name))
            return await self.say("There is no command /\(topic). \(nearest.map { "Did you mean /\($0)?" } ?? "/help lists the commands.")")
        }
        let root = self.workspace.catalog.plugins.first { $0.kind == "command" && $0.name == topic }?.root
        await self.say("\(command.usage)\n\(command.summary)\na command of the \(root.map { "\($0) " } ?? "")plugin \(topic)")
    }

    func listAgents() async {
        let agents = await self.workspace.snapshot().agents
        await self.events(
            agents.map { agent in
                var parts = [agent.role, agent.state.words]
                if let activity = agent.activity { parts.append(activity) }
                parts.append("\(Figures.tokens(agent.contextUsed))/\(Figures.tokens(agent.contextLimit))")
                if agent.costUSD > 0 { parts.append(dollars(agent.costUSD)) } else if agent.unpricedCalls > 0 { parts.append("unpriced") }
                if agent.queued > 0 { parts.append(Figures.count(agent.queued, "unread message")) }
                return (agent.name, (parts + [agent.model]).joined(separator: "  "))
            }, none: "There is no agent.")
    }

    /// The window of one agent or of each: what is in it, by part, and what each part may take.
    func listContext(_ name: String?) async {
        let agents = await self.workspace.snapshot().agents.filter { name == nil || $0.name == name }
        var rows: [(who: String, text: String)] = []
        for agent in agents {
            let full = agent.contextLimit == 0 ? 0 : agent.contextUsed * 100 / agent.contextLimit
            rows.append(
                (agent.name, "\(Figures.tokens(agent.contextUsed)) of \(Figures.tokens(agent.contextLimit)) tokens, \(full) % full"))
            rows += agent.context.map { part in
                let over = part.isOver ? "  over its budget" : ""
                let figures = "\(Figures.tokens(part.used)) of \(Figures.tokens(part.budget))"
                return (agent.name, "\(part.zone.rawValue.padded(to: 8))\(figures)\(over)")
            }
        }
        await self.events(rows, none: "There is no agent «\(name ?? "")». /agents lists them.")
    }

    func listTasks() async {
        let tasks = await self.workspace.snapshot().tasks
        await self.events(
            tasks.map { ($0.assignee, "\($0.id)  \($0.status.rawValue)  \($0.title)\($0.result.isEmpty ? "" : ": \($0.result)")") },
            none: "The board is empty.")
    }

    /// The model of an agent; or the models of all agents and those that can be used; or those whose name holds a text.
    func listModels(_ text: String?) async {
        let agents = await self.workspace.snapshot().agents
        if let agent = agents.first(where: { $0.name == text }) { return await self.events([(agent.name, agent.model)], none: "") }
        // Providers may be asked first, and take their time.
        await self.begin { repl in await repl.listModels(matching: text, agents) }
    }

    private func listModels(matching text: String?, _ agents: [AgentSummary]) async {
        let found = await self.workspace.models(matching: text ?? "")
        if Task.isCancelled { return await self.say("\(self.renderer.marks.failure) stopped") }
        let shown = found.models.prefix(40).map { model in
            let price = model.inputUSD.flatMap { input in model.outputUSD.map { "$\(input) in, $\($0) out" } } ?? "unpriced"
            return "\(model.name)  \(model.context.map(Figures.tokens) ?? "?") tokens  \(price)"
        }
        if text == nil { await self.events(agents.map { ($0.name, $0.model) }, none: "There is nobody yet.") }
        var lines = Array(shown)
        if shown.isEmpty {
            lines.append(
                text.map { "No model that can be used has «\($0)» in its name." }
                    ?? "The providers that can be used list no models; any name can be tried.")
        }
        if found.models.count > shown.count { lines.append("and \(found.models.count - shown.count) more: /model TEXT searches") }
        lines += found.problems
        await self.say(lines.joined(separator: "\n"))
    }

    func listPermissions() async {
        let snapshot = await self.workspace.snapshot()
        var lines = ["preset \(snapshot.permissions)"]
        if snapshot.grants.isEmpty { lines.append("nothing was granted in this session") }
        for (index, grant) in snapshot.grants.enumerated() { lines.append("\(index + 1)  \(grant)   /permissions revoke \(index + 1)") }
        await self.say(lines.joined(separator: "\n"))
    }

    func listCost(by group: CostReport.Group) async {
        let budget = await self.workspace.snapshot().budgetUSD
        do {
            let report = try await self.workspace.costs(by: group)
            let usage = report.total.usage
            let cached = usage.cached.map { ", \(Int(($0 * 100).rounded())) % of it from cache" } ?? ""
            let tokens = "\(Figures.tokens(usage.total - usage.output)) in\(cached), \(Figures.tokens(usage.output)) out"
            let unpriced = report.total.unpriced > 0 ? ", and \(Figures.count(report.total.unpriced, "call")) without a known price" : ""
            var lines = ["\(dollars(report.total.costUSD))\(budget.map { " of \(dollars($0))" } ?? "")\(unpriced)  \(tokens)"]
            for row in report.rows {
                let name = row.name.isEmpty ? "no \(group.rawValue)" : row.name
                let cost = row.unpriced > 0 && row.costUSD == 0 ? "unpriced" : dollars(row.costUSD)
                lines.append("\(name)  \(cost)  \(Figures.tokens(row.usage.total)) tokens")
            }
            await self.say(lines.joined(separator: "\n"))
        } catch {
            await self.say("\(error)")
        }
    }

    func show(_ number: Int?) async throws(CommandError) {
        guard let number else {
            let recent = try await self.workspace.toolCalls(15)
            return await self.events(
                recent.map { call in
                    (call.agent, "\(call.number)  \(call.tool)  \(call.summary)  \(call.finished?.status.words ?? "runs")")
                }, none: "No tool was called yet.")
        }
        guard let call = try await self.workspace.toolCall(number: number) else {
            return await self.say("There is no call \(number). /show lists the last ones with their numbers.")
        }
        let layout = self.renderer.layout
        var lines = layout.block("\(call.agent)  \(call.tool)", indent: 2)
        if let arguments = call.arguments { lines += layout.block(arguments.text(pretty: true), indent: 4) }
        if let finished = call.finished {
            lines += layout.block("\(finished.status.words)  \(Figures.time(milliseconds: finished.milliseconds))", indent: 2)
            lines += layout.block(finished.text, indent: 4)
        }
        self.renderer.interrupted()
        await self.print(lines)
    }

    private func events(_ rows: [(who: String, text: String)], none: String) async {
        guard !rows.isEmpty else { return await self.say(none) }
        self.renderer.interrupted()
        var lines: [String] = []
        for row in rows { lines += self.renderer.event(row.who, row.text) }
        await self.print(lines)
    }
}
