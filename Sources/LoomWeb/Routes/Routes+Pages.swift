import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    func addPages(to router: Router<LoopbackContext>) {
        router.get("/") { request, _ in
            let snapshot = await self.workspace.snapshot()
            var view = self.view(of: snapshot)
            view["feed"] = try await self.feed(FeedFilter(request.query("show")), until: snapshot.sequence)
            view["panels"] = await self.panels()
            view.merge(self.commands()) { $1 }
            return try self.html("page-first", view)
        }
        router.get("agents/:name") { request, context in
            let snapshot = await self.workspace.snapshot()
            let agent = try self.agent(try context.segment("name"), in: snapshot)
            var view = self.view(of: snapshot)
            let all = request.query("all") != nil
            view["agent"] = AgentView(agent)
            view["transcript"] = try await self.transcript(of: agent.name, all: all)
            view["transcriptFragment"] = "/fragments\(AgentView(agent).href)/transcript" + (all ? "?all=1" : "")
            return try self.html("page-agent", view)
        }
        router.get("plugins") { _, _ in
            var view = self.view(of: await self.workspace.snapshot())
            view["plugins"] = await self.plugins()
            return try self.html("page-plugins", view)
        }
        router.get("plugins/:kind/:name") { _, context in
            var view = self.view(of: await self.workspace.snapshot())
            view["story"] = try await self.story(try context.segment("kind"), try context.segment("name"))
            return try self.html("page-plugin", view)
        }
        router.get("cost") { request, _ in
            var view = self.view(of: await self.workspace.snapshot())
            view["cost"] = try await self.cost(request)
            return try self.html("page-cost", view)
        }
        router.get("calls/:id") { _, context in
            var view = self.view(of: await self.workspace.snapshot())
            view["call"] = try await self.call(try context.segment("id"))
            return try self.html("page-call", view)
        }
    }

    /// What every page shows.
    func view(of snapshot: Snapshot) -> [String: Any] {
        let now = self.clock.now
        return [
            "sequence": snapshot.sequence,
            "asOf": Moment(now, now: now),
            "header": HeaderView(snapshot),
            "agents": snapshot.agents.map(AgentView.init),
            "questions": snapshot.questions.map { QuestionView($0, agents: snapshot.agents, now: now) },
            "tasks": TaskView.sorted(snapshot.tasks),
        ]
    }

    func cost(_ request: Request) async throws(Refusal) -> CostView { CostView(try await self.costs(request)) }

    /// Grouped as the address says, by model where it says nothing.
    func costs(_ request: Request) async throws(Refusal) -> CostReport {
        let name = request.query("by") ?? CostReport.Group.model.rawValue
        guard let group = CostReport.Group(rawValue: name) else {
            let names = CostReport.Group.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badRequest("Costs cannot be grouped by «\(name)».", hint: "Use one of \(names).")
        }
        return try await self.command { () async throws(CommandError) in try await self.workspace.costs(by: group) }
    }

    func feed(_ filter: FeedFilter, until end: Int64) async throws(Refusal) -> FeedView {
        let lines = try await self.command { () async throws(CommandError) in
            try await Feed(workspace: self.workspace).newest(filter, until: end)
        }
        return FeedView(lines, filter, until: end, now: self.clock.now)
    }

    func transcript(of agent: String, all: Bool) async throws(Refusal) -> TranscriptView {
        let entries = try await self.command { () async throws(CommandError) in try await self.workspace.transcript(of: agent) }
        return TranscriptView(entries, all: all, now: self.clock.now)
    }

    func plugins() async -> [PluginView] {
        let reports = Dictionary(
            await self.workspace.lastReports().map { ("\($0.kind)/\($0.plugin)", $0) }, uniquingKeysWith: { _, last in last })
        let deleted = await self.workspace.deletedPlugins()
        return (self.workspace.catalog.plugins + deleted).sorted { ($0.kind, $0.name, $0.root) < ($1.kind, $1.name, $1.root) }
            .map { PluginView($0, reports["\($0.kind)/\($0.name)"]) }
    }

    func call(_ id: String) async throws(Refusal) -> CallView {
        guard let call = await self.workspace.toolOutput(id) else {
            throw .notFound("The tool call \(id)", hint: "The feed links to every call of this workspace.")
        }
        return CallView(started: call.started, finished: call.finished)
    }
}
