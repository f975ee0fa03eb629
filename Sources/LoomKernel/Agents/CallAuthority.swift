import LoomSystem
import Synchronization

/// What one call may touch. Asked before the tool runs for what its arguments name, and again by every host function for what
/// it really touches; what was allowed once for this call is not asked again.
package final class CallAuthority: Sendable {
    private let identity: AgentIdentity
    private let services: Services
    private let call: String
    /// The plugin that rules may name.
    private let tool: String
    /// Hears when the call begins and ends to wait for a human.
    let tell: @Sendable (AgentEvent) -> Void
    private let allowed = Mutex<Set<Access>>([])

    init(
        _ identity: AgentIdentity, _ services: Services, call: String, tool: String,
        tell: @escaping @Sendable (AgentEvent) -> Void = { _ in }
    ) {
        self.identity = identity
        self.services = services
        self.call = call
        self.tool = tool
        self.tell = tell
    }

    /// Before the tool runs. A write that must be asked for is asked when its difference can be shown, by `require`.
    func settle(_ access: Access) async throws(ToolError) {
        let decision = self.services.permissions.decide(tool: self.tool, access)
        if access.kind == .write, decision.verdict == .ask { return }
        try await self.require(access)
    }

    /// Returns when the access is allowed; throws a refusal that the model reads.
    /// - Parameters:
    ///   - note: what is known about it, for the title: "(+3 −1)".
    ///   - detail: the diff or plan that a person may look at.
    ///   - wait: told when the wait for a human begins and ends.
    func require(
        _ access: Access, note: String = "", detail: String = "", wait: (@Sendable (Bool) -> Void)? = nil
    ) async throws(ToolError) {
        if self.allowed.withLock({ $0.contains(access) }) { return }
        let decision = self.services.permissions.decide(tool: self.tool, access)
        switch decision.verdict {
        case .allow:
            try await self.log(access, .allow, decision.rule, by: "rule")
        case .deny:
            try await self.log(access, .deny, decision.rule, by: "rule")
            throw self.refusal(access, "by the rule «\(decision.rule)» (\(decision.rule.origin))")
        case .ask:
            try await self.ask(access, decision.rule, note: note, detail: detail, wait: wait)
        }
        self.allowed.withLock { _ = $0.insert(access) }
    }

    /// Refuses by a rule that the engine does not have, and keeps that like every decision.
    func refuse(_ access: Access, _ rule: PermissionRule) async throws(ToolError) -> ToolError {
        try await self.log(access, .deny, rule, by: "rule")
        return self.refusal(access, "by the rule «\(rule)» (\(rule.origin))")
    }

    private func ask(
        _ access: Access, _ rule: PermissionRule, note: String, detail: String, wait: (@Sendable (Bool) -> Void)?
    ) async throws(ToolError) {
        let identity = self.identity
        let always = PermissionEngine.always(tool: self.tool, access)
        let draft = Questions.Draft(
            kind: access.kind == .spawn ? .spawn : .permission, asker: identity, call: self.call,
            title: "\(identity.name) wants to \(access.asWish)\(note.isEmpty ? "" : "  \(note)")", detail: detail,
            why: "rule «\(rule)» (\(rule.origin))", always: always?.description,
            request: .init(tool: self.tool, access))
        let reply = try await self.put(draft, wait: wait)
        // What is decided by now is kept under its own rule.
        if reply.isRuled { return try await self.require(access, note: note, detail: detail, wait: wait) }
        switch reply.answer {
        case .allow, .always:
            let kept = reply.answer == .always ? always : nil
            if let kept { try await self.grant(kept, by: reply.by) }
            try await self.log(access, .allow, kept ?? rule, by: reply.by)
        case .refuse:
            try await self.log(access, .deny, rule, by: reply.by)
            throw self.refusal(access, "by \(reply.by)")
        case .text(let text):
            try await self.log(access, .deny, rule, by: reply.by)
            throw self.refusal(access, "by \(reply.by), who says: \(text)")
        }
    }

    /// Puts a question to people and waits. Meanwhile they see who asks as gated, and the call's own clock may stand still.
    func put(_ draft: Questions.Draft, wait: (@Sendable (Bool) -> Void)?) async throws(ToolError) -> Questions.Reply {
        var draft = draft
        // A difference shows the file as it is, and a question is kept.
        draft.title = self.services.secrets.redact(draft.title)
        draft.detail = self.services.secrets.redact(draft.detail)
        wait?(true)
        let isAsked = Mutex(false)
        defer {
            wait?(false)
            // Each is counted: a call may have several questions open.
            if isAsked.withLock({ $0 }) { self.tell(.ungated(call: self.call)) }
        }
        let reply: Questions.Reply
        do {
            reply = try await self.services.questions.ask(draft) { question in
                isAsked.withLock { $0 = true }
                self.tell(.gated(call: self.call, question: question))
            }
        } catch {
            throw ToolError(error.description)
        }
        // Nothing was decided.
        if reply.isWithdrawn { throw ToolError("Nobody had answered yet: \(draft.title)", status: .cancelled) }
        return reply
    }

    /// Asks a person whether something may go on that no rule speaks of. `why` says who wants to know.
    func confirm(_ title: String, detail: String, why: String, wait: (@Sendable (Bool) -> Void)? = nil) async throws(ToolError) {
        let draft = Questions.Draft(
            kind: .permission, asker: self.identity, call: self.call, title: title, detail: detail, why: why)
        let reply = try await self.put(draft, wait: wait)
        switch reply.answer {
        case .allow, .always: return
        case .refuse: throw ToolError("Refused by \(reply.by): \(title) (\(why)).", status: .denied)
        case .text(let text): throw ToolError("Refused by \(reply.by), who says: \(text)", status: .denied)
        }
    }

    private func refusal(_ access: Access, _ by: String) -> ToolError {
        ToolError("Refused \(by): \(access). Do not try it another way; go on without it, or say what you would need.", status: .denied)
    }

    private func grant(_ rule: PermissionRule, by: String) async throws(ToolError) {
        self.services.permissions.grant(rule)
        do { try await self.services.store.keep(grant: rule, by: by, self.services.seal) } catch { throw ToolError(error.description) }
        await self.services.questions.reconsider()
    }

    private func log(_ access: Access, _ verdict: Verdict, _ rule: PermissionRule, by: String) async throws(ToolError) {
        let identity = self.identity
        do {
            try await self.services.store.publish(
                PermissionDecided(
                    agent: identity.name, call: self.call, tool: self.tool, access: access.description, verdict: verdict,
                    rule: rule.description, origin: rule.origin, by: by),
                source: identity.source, subject: self.call, team: identity.team)
        } catch {
            throw ToolError(error.description)
        }
    }
}

extension Access {
    /// "edit src/parser.py", after "wants to".
    fileprivate var asWish: String {
        switch self.kind {
        case .read: "read \(self.target)"
        case .write: "edit \(self.target)"
        case .execute: "run: \(self.target)"
        case .network: "reach \(self.target)"
        case .extend: "take \(self.target) into use"
        case .spawn: "start \(self.target)"
        case .message: "write to \(self.target)"
        case .control: "pause, resume or stop \(self.target)"
        case .model: "ask the model \(self.target)"
        }
    }
}
