import LoomKernel
import LoomSystem

extension LineRenderer {
    /// Nil when the signal is about something else.
    mutating func agentLines(_ signal: Signal) -> [String]? {
        switch signal.type {
        case SessionStarted.type:
            guard let started = signal.payload(SessionStarted.self), started.resumed else { return [] }
            return self.event("session", "\(started.session) goes on where it was")
        case AgentSpawned.type:
            guard let spawned = signal.payload(AgentSpawned.self), spawned.agent != self.lead else { return [] }
            return self.event(spawned.agent, "joined as \(spawned.role), \(spawned.model)")
        case AgentStopped.type:
            return signal.payload(AgentStopped.self).map { self.event($0.agent, "left: \($0.reason)") }
        case AgentRestarted.type:
            return signal.payload(AgentRestarted.self).map { self.failure($0.agent, "came back after a failure: \($0.reason)") }
        case AgentStateChanged.type: return signal.payload(AgentStateChanged.self).map { self.changed($0) }
        case AgentFinished.type: return signal.payload(AgentFinished.self).map { self.finished($0, at: signal.time) }
        case ModelStarted.type:
            if self.turn.began == nil { self.turn.began = signal.time }
            return []
        case ModelFinished.type:
            guard let finished = signal.payload(ModelFinished.self) else { return [] }
            if finished.agent == self.lead { self.leadModelFailed = false }
            self.turn.cost += finished.costUSD ?? 0
            return []
        case ModelRetrying.type:
            return signal.payload(ModelRetrying.self).map { retry in
                let delay = Figures.time(milliseconds: Int(retry.delay * 1000))
                return self.event(retry.agent, "\(self.marks.ellipsis) try \(retry.attempt) in \(delay): \(retry.reason)", .dim)
            }
        case ModelHeld.type:
            return signal.payload(ModelHeld.self).map { held in
                let delay = held.seconds.map { " for \(Figures.time(milliseconds: Int($0 * 1000)))" } ?? ""
                return self.event(held.agent, "\(self.marks.ellipsis) waits\(delay): the limits of \(held.model)", .dim)
            }
        case ModelReplaced.type:
            return signal.payload(ModelReplaced.self).map { change in
                self.event(change.agent, "goes on with \(change.to): \(change.reason)")
            }
        case ModelFailed.type: return signal.payload(ModelFailed.self).map { self.failed($0) }
        case UserSaid.type: return signal.payload(UserSaid.self).map { self.said($0, by: signal.source, at: signal.time) }
        case InboxQueued.type: return signal.payload(InboxQueued.self).map { self.queued($0) }
        case InboxRead.type: return signal.payload(InboxRead.self).map { self.read($0) }
        default: return nil
        }
    }

    /// A model that takes long enough to wonder about.
    package mutating func stillThinking(_ agent: String, for time: Duration) -> [String] {
        self.speaker = nil
        return self.event(agent, "\(self.marks.ellipsis) thinks", .dim, right: "\(time.wholeMilliseconds / 1000) s", rightHue: .dim)
    }

    private mutating func changed(_ change: AgentStateChanged) -> [String] {
        self.noteState(of: change.agent, change.state)
        switch change.state {
        case .failed, .suspended:
            let reason = change.reason.map { ": \($0)" } ?? ""
            return self.failure(change.agent, change.state.rawValue + reason)
        case .paused: return self.event(change.agent, "paused")
        case .idle, .thinking, .executing, .gated, .stopped: return []
        }
    }

    private mutating func failed(_ failed: ModelFailed) -> [String] {
        if failed.agent == self.lead { self.leadModelFailed = failed.kind.isOutage }
        self.lastReason[failed.agent] = failed.reason
        return self.failure(failed.agent, [failed.reason, failed.hint ?? ""].filter { !$0.isEmpty }.joined(separator: " "))
    }

    private mutating func finished(_ finished: AgentFinished, at time: Timestamp) -> [String] {
        let isLead = finished.agent == self.lead
        let turn = self.turn
        if isLead { self.turn = Turn() }
        if finished.outcome == .done {
            // A turn that was only talk has said everything already.
            guard isLead, turn.tools > 0 else { return [] }
            return self.event(finished.agent, "\(self.marks.success) \(self.summary(turn, finished.outcome, at: time))")
        }
        // The reason was printed when it happened, as words of the agent or of its model's vendor.
        let known = self.lastReason[finished.agent] ?? ""
        let reason =
            finished.text.isEmpty || known.contains(finished.text) || finished.text.contains(known) && !known.isEmpty
            ? "" : ": \(finished.text)"
        let words = isLead ? self.summary(turn, finished.outcome, at: time) : finished.outcome.words
        return self.failure(finished.agent, words + reason)
    }

    private func summary(_ turn: Turn, _ outcome: Outcome, at time: Timestamp) -> String {
        var parts = [outcome.words]
        if turn.tools > 0 { parts.append(Figures.count(turn.tools, "tool call")) }
        if turn.cost > 0 { parts.append(dollars(turn.cost)) }
        if let began = turn.began { parts.append(Figures.time(milliseconds: Int((time - began).wholeMilliseconds))) }
        return parts.joined(separator: "  ")
    }

    private mutating func said(_ said: UserSaid, by source: String, at time: Timestamp) -> [String] {
        if self.turn.began == nil { self.turn.began = time }
        guard source.who != self.me.who else { return [] }
        return self.event(source.who, "\(self.marks.arrow) \(said.to)  \(said.text)")
    }

    private mutating func queued(_ item: InboxQueued) -> [String] {
        switch item.kind {
        case .peer:
            if let call = item.call { self.told.insert(Self.key(item.from, call)) }
            return self.event(item.from, "\(self.marks.arrow) \(item.to)  \(item.text)")
        case .user where item.from.who == self.me.who && (item.to != self.lead || self.busy.contains(item.to)):
            // A lead that waits for nothing else reads at once, and its answer says so.
            self.queued.insert(item.item)
            return self.event("you", "\(self.marks.arrow) \(item.to)  queued, read before the next model call", .dim)
        case .user, .task, .notice, .report: return []
        }
    }

    private mutating func read(_ read: InboxRead) -> [String] {
        guard !self.queued.isDisjoint(with: read.items) else { return [] }
        self.queued.subtract(read.items)
        return self.event("you", "\(self.marks.arrow) \(read.agent)  read", .dim)
    }
}

extension Outcome {
    /// As people say it.
    package var words: String {
        switch self {
        case .done: "done"
        case .gaveUp: "gave up"
        case .limit: "hit a limit"
        case .refused: "refused"
        case .cancelled: "stopped"
        case .failed: "failed"
        }
    }
}

extension String {
    /// The last part of a source: `agent/ada` is ada, `user/page` is page.
    var who: String { self.split(separator: "/").last.map(String.init) ?? self }
}
