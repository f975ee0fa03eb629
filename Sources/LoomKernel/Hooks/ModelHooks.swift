import LoomSystem

/// The hooks around one model call of an agent.
struct ModelHooks: Sendable {
    private let hooks: HookChain
    private let subject: JSON

    init(_ identity: AgentIdentity, _ call: ModelCall, roster: Roster) {
        let services = roster.services
        let authority = CallAuthority(identity, services, call: call.id, tool: "")
        self.hooks = HookChain(
            services.catalog.hooks, ToolHost(agent: identity, call: call.id, tool: "", authority: authority, roster: roster))
        self.subject = [
            "agent": .string(identity.name), "role": .string(identity.role), "team": .string(identity.team), "call": .string(call.id),
            "model": .string(call.model.description), "purpose": .string(call.purpose), "step": .int(Int64(call.step)),
        ]
    }

    /// The call with what hooks want the model to be told. It stands at the very end, so that the cached prefix holds.
    func before(_ call: ModelCall) async throws(ModelFailure) -> ModelCall {
        guard !self.hooks.isEmpty(at: .beforeModel) else { return call }
        var subject = self.subject
        subject["system"] = .string(call.system)
        subject["tools"] = .array(call.tools.map { .string($0.name) })
        subject["latest"] = .string(call.messages.last?.readable ?? "")
        guard let note = try await self.run(.beforeModel, subject), let last = call.messages.indices.last else { return call }
        var call = call
        call.messages[last].parts.append(.text(note))
        return call
    }

    /// The reply as hooks want it said. Its tool calls stay: whoever wants to stop one does so before the tool.
    func after(_ reply: ModelReply) async throws(ModelFailure) -> ModelReply {
        guard !self.hooks.isEmpty(at: .afterModel) else { return reply }
        var subject = self.subject
        subject["text"] = .string(reply.message.text)
        subject["calls"] = .array(reply.message.toolCalls.map { ["tool": .string($0.name), "arguments": $0.arguments] })
        guard let text = try await self.run(.afterModel, subject) else { return reply }
        var reply = reply
        reply.message.parts.removeAll { if case .text = $0 { true } else { false } }
        let place = reply.message.parts.firstIndex { if case .toolCall = $0 { true } else { false } } ?? reply.message.parts.endIndex
        if !text.isEmpty { reply.message.parts.insert(.text(text), at: place) }
        return reply
    }

    private func run(_ point: HookPoint, _ subject: JSON) async throws(ModelFailure) -> String? {
        do {
            return try await self.hooks.run(point, subject)?.stringValue
        } catch {
            throw ModelFailure(error.status == .cancelled ? .cancelled : .refused, error.message)
        }
    }
}

extension Message {
    /// What a person would read of it: its texts and the results of calls.
    fileprivate var readable: String {
        self.parts.compactMap { part in
            switch part {
            case .text(let text), .toolResult(_, _, let text, _): text
            case .attachment(let attachment): attachment.name
            case .thinking, .toolCall: nil
            }
        }.joined(separator: "\n")
    }
}
