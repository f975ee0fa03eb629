import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// What people and programs may do. Forms of the page post to the same addresses and are led back to where they were.
    func addActions(to group: RouterGroup<LoopbackContext>) {
        self.addMessages(to: group)
        self.addQuestions(to: group)
        self.addPlugins(to: group)
        self.on("pause", group) { _, _ in
            try await self.command { () async throws(CommandError) in try await self.workspace.pause(nil) }
            return ["done": "Everybody pauses after the step under way."]
        }
        self.on("resume", group) { _, _ in
            try await self.command { () async throws(CommandError) in try await self.workspace.resume(nil) }
            return ["done": "Everybody goes on."]
        }
        self.on("stop", group) { _, _ in
            try await self.command { () async throws(CommandError) in try await self.workspace.stop(nil, by: Self.source) }
            return ["done": "Every turn under way is stopped."]
        }
        self.on("reload", group) { body, _ in
            let (plugin, now) = (try body.text("plugin"), try body.flag("now"))
            return [
                "done": .string(
                    try await self.command { () async throws(CommandError) in try await self.workspace.reload(plugin: plugin, now: now) })
            ]
        }
        self.onAgent("pause", group) { agent, _ in
            try await self.command { () async throws(CommandError) in try await self.workspace.pause(agent) }
            return ["done": "\(agent) pauses after the step under way."]
        }
        self.onAgent("resume", group) { agent, _ in
            try await self.command { () async throws(CommandError) in try await self.workspace.resume(agent) }
            return ["done": "\(agent) goes on."]
        }
        self.onAgent("stop", group) { agent, _ in
            try await self.command { () async throws(CommandError) in try await self.workspace.stop(agent, by: Self.source) }
            return ["done": "The turn of \(agent) is stopped."]
        }
        self.onAgent("model", group) { agent, body in
            let model = try body.required("model")
            let missing = try await self.command { () async throws(CommandError) in
                try await self.workspace.setModel(model, for: agent)
            }
            let hint = missing.map { " It cannot be asked yet: \($0)." } ?? ""
            return ["done": .string("\(agent) uses \(model) from the next call on.\(hint)")]
        }
    }

    private func addMessages(to group: RouterGroup<LoopbackContext>) {
        self.on("messages", group) { body, _ in
            let name = try body.text("to")
            if let name { _ = try self.agent(name, in: await self.workspace.snapshot()) }
            return try await self.send(body, to: name)
        }
        self.onAgent("messages", group) { agent, body in try await self.send(body, to: agent) }
    }

    private func send(_ body: ActionBody, to agent: String?) async throws -> JSON {
        let text = try body.required("text")
        let isUrgent = try body.flag("urgent")
        let item = try await self.command { () async throws(CommandError) in
            try await self.workspace.send(text, to: agent, by: Self.source, urgent: isUrgent)
        }
        return ["done": "Delivered to \(item.to), who reads it before the next model call.", "item": try JSON(encoding: item)]
    }

    private func addQuestions(to group: RouterGroup<LoopbackContext>) {
        self.on("questions/:id", group) { body, context in
            let question = try await self.question(try context.segment("id"))
            let answer = try Self.answer(body, to: question)
            try await self.command { () async throws(CommandError) in
                try await self.workspace.answer(question.id, answer, by: Self.source)
            }
            return ["done": "Answered: \(question.title)"]
        }
    }

    /// The open question of this id. One that was asked and is no longer open was answered elsewhere: a conflict.
    private func question(_ text: String) async throws(Refusal) -> Question {
        let snapshot = await self.workspace.snapshot()
        guard let id = ID(text) else {
            throw .notFound("The question \(text)", hint: "GET \(Self.api)questions lists what is open.")
        }
        if let question = snapshot.questions.first(where: { $0.id == id }) { return question }
        let recent = try await self.command { () async throws(CommandError) in
            try await self.workspace.latest(4_000)
        }
        let isKnown = recent.contains { $0.payload(QuestionAsked.self)?.question.id == id }
        guard isKnown else { throw .notFound("The question \(text)", hint: "GET \(Self.api)questions lists what is open.") }
        throw .conflict("The question \(text) is answered already.", hint: "The feed says who answered it.")
    }

    private static func answer(_ body: ActionBody, to question: Question) throws(Refusal) -> Answer {
        let text = try body.text("text")
        switch (try body.text("answer"), text) {
        case ("allow", nil) where question.kind != .choice: return .allow
        case ("always", nil) where question.kind != .choice:
            guard question.always != nil else {
                throw .conflict("There is no rule that \"always\" could store here.", hint: "Answer allow or refuse.")
            }
            return .always
        case ("refuse", _): return .refuse
        case (nil, let text?) where question.kind == .choice: return .text(text)
        default:
            let hint =
                question.kind == .choice
                ? "Send {\"text\": \"…\"} or {\"answer\": \"refuse\"}." : "Send {\"answer\": \"allow\"}, \"always\" or \"refuse\"."
            throw .badRequest("This is no answer to the question.", hint: hint)
        }
    }

    /// Who commands of this front end come from.
    static let source = "user/page"

    private func onAgent(
        _ verb: String, _ group: RouterGroup<LoopbackContext>,
        _ action: @escaping @Sendable (_ agent: String, ActionBody) async throws -> JSON
    ) {
        self.on("agents/:name/\(verb)", group) { body, context in
            let agent = try self.agent(try context.segment("name"), in: await self.workspace.snapshot())
            return try await action(agent.name, body)
        }
    }

    func on(
        _ path: String, _ group: RouterGroup<LoopbackContext>,
        _ action: @escaping @Sendable (ActionBody, LoopbackContext) async throws -> JSON
    ) {
        group.post(RouterPath(path)) { request, context in
            let body = try await ActionBody(request)
            guard body.isForm else { return Response.json(try await action(body, context)) }
            let back = PathSegment.local(body.fields["back"]?.stringValue)
            do {
                let answer = try await action(body, context)
                guard let said = answer["text"]?.stringValue else { return Response(status: .seeOther, headers: [.location: back]) }
                var view = self.view(of: await self.workspace.snapshot())
                view["said"] = ["text": said, "back": back]
                return try self.html("page-said", view)
            } catch let refusal as Refusal {
                var view = self.view(of: await self.workspace.snapshot())
                view["problem"] = ["message": refusal.message, "hint": refusal.hint, "back": back]
                return try self.html("page-problem", view, refusal.status)
            }
        }
    }
}
