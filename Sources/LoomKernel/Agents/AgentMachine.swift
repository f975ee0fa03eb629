import LoomSystem

/// An agent's behaviour as a value: events in, effects out. It does no I/O and reads no clock.
///
/// Pause, cancel, crash and kill -9 are all "stop handling events, later rebuild the machine from its rows".
package struct AgentMachine: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        case idle
        case thinking
        case executing(Batch)
        case paused(Interrupted)
    }

    /// What a pause interrupted, to go on with.
    package enum Interrupted: Sendable, Hashable {
        case nothing
        case thought
        case batch(Batch)
    }

    package private(set) var state: State = .idle
    package private(set) var messages: [Message] = []
    /// Replies since the agent was born; a scripted model finds its place by it.
    package private(set) var replies = 0
    /// Replies in this turn.
    package private(set) var turnReplies = 0
    /// What stands before the conversation, as it was sent last; nil before the first call.
    package private(set) var prefix: Prefix?
    /// The tools as the model knows them: those of the prefix, and what it was told since.
    package private(set) var knownTools: [ToolSchema] = []
    /// Of the last reply.
    package private(set) var usage = Usage()
    /// What has left the context window.
    package private(set) var departed = ContextWindow.Departed()
    /// Turns in a row that the model is to blame for: it gave up, did not come to an end, or made no sense.
    private var failures = 0
    /// The last outcome, nil before the first turn ended.
    package private(set) var outcome: Outcome?
    /// Messages that came while calls ran: results must directly follow their calls.
    private var held: [InboxItem] = []
    private var pausing = false
    /// The turn was stopped, and waits for the calls that still run.
    private(set) var isCancelling = false
    /// Replies in one turn before it ends with `limit`.
    package var limit: Int

    package init(limit: Int) {
        self.limit = limit
    }

    package var status: AgentStatus {
        switch self.state {
        case .idle: .idle
        case .thinking: .thinking
        case .executing(let batch): batch.isGated ? .gated : .executing
        case .paused: .paused
        }
    }

    /// Whether all calls of the last reply failed.
    var lastCallsFailed: Bool {
        let results = (self.messages.last?.parts ?? []).compactMap { part -> Bool? in
            if case .toolResult(_, _, _, let isError) = part { isError } else { nil }
        }
        return !results.isEmpty && results.allSatisfy { $0 }
    }

    /// The calls that have no result yet.
    package var openCalls: [ToolCall] {
        switch self.state {
        case .executing(let batch), .paused(.batch(let batch)): batch.calls.filter { !$0.isFinished }.map(\.call)
        default: []
        }
    }

    /// True for a call that had begun before a restart and is simply run again: it had no effect yet.
    func hasBegun(_ call: String) -> Bool {
        guard case .executing(let batch) = self.state else { return false }
        return batch.calls.contains { $0.call.id == call && $0.phase == .running }
    }

    package mutating func handle(_ event: AgentEvent) -> [AgentEffect] {
        switch event {
        case .received(let items): self.receive(items)
        case .replied(let reply, let parallel): self.accept(reply, parallel)
        case .modelFailed(let failure): self.fail(failure)
        case .gated(let call, _): self.update { $0.gate(call) }
        case .ungated(let call): self.update { $0.ungate(call) }
        case .started(let call): self.update { $0.start(call) }
        case .finished(let call, let result): self.finish(call, result)
        case .prefixed(let prefix): self.begin(with: prefix)
        case .told(let news, let text): self.tell(news, text)
        case .departed(let departed): self.lose(departed)
        case .paused: self.pause()
        case .resumed: self.resume()
        case .cancelled(let by): self.cancel(by)
        case .restarted: self.restart()
        }
    }

    // MARK: Messages

    private mutating func receive(_ items: [InboxItem]) -> [AgentEffect] {
        switch self.state {
        case .idle:
            self.append(items)
            self.turnReplies = 0
            self.state = .thinking
            return [.think]
        case .thinking, .paused(.nothing), .paused(.thought):
            self.append(items)
            if case .paused(.nothing) = self.state { self.state = .paused(.thought) }
            return []
        case .executing(var batch):
            self.held += items
            guard items.contains(where: { $0.priority == .urgent }) else { return [] }
            // Steering: what has not begun is not begun any more.
            batch.skipUnstarted("Not run: a message from \(items.first?.from ?? "a person") came first.")
            self.state = .executing(batch)
            return self.advance()
        case .paused(.batch):
            self.held += items
            return []
        }
    }

    /// One user message; consecutive ones are joined, for some vendors refuse two in a row.
    private mutating func append(_ items: [InboxItem]) {
        self.append(items.map { Part.text($0.asText) })
    }

    private mutating func append(_ parts: [Part]) {
        guard !parts.isEmpty else { return }
        if let last = self.messages.indices.last, self.messages[last].author == .user {
            self.messages[last].parts += parts
        } else {
            self.messages.append(Message(.user, parts))
        }
    }

    private mutating func begin(with prefix: Prefix) -> [AgentEffect] {
        if self.prefix?.tools != prefix.tools { self.knownTools = prefix.tools }
        self.prefix = prefix
        return []
    }

    private mutating func tell(_ news: ToolNews, _ text: String) -> [AgentEffect] {
        self.knownTools = self.knownTools.told(news)
        self.append([.text(text)])
        return []
    }

    private mutating func lose(_ departed: ContextWindow.Departed) -> [AgentEffect] {
        self.departed = departed
        return []
    }

    // MARK: The model

    private mutating func accept(_ reply: ModelReply, _ parallel: Set<String>) -> [AgentEffect] {
        guard case .thinking = self.state else { return [] }
        self.replies += 1
        self.turnReplies += 1
        if reply.usage.total > 0 { self.usage = reply.usage }
        // An empty assistant message is refused by vendors when it is sent back.
        let message = reply.message.parts.isEmpty ? Message(.assistant, [.text("(no answer)")]) : reply.message
        self.messages.append(message)
        let calls = message.toolCalls
        if calls.isEmpty {
            switch reply.stop {
            // The model's own no; `refused` is for what a person or a rule did not allow.
            case .refusal: return self.conclude(.gaveUp, message.text, isFailure: true)
            case .length: return self.conclude(.limit, message.text, isFailure: true)
            case .end, .toolUse, .other:
                self.failures = 0
                return self.conclude(.done, message.text)
            }
        }
        self.state = .executing(Batch(calls, parallel: parallel))
        return self.advance()
    }

    private mutating func fail(_ failure: ModelFailure) -> [AgentEffect] {
        guard case .thinking = self.state else { return [] }
        // Nobody's fault but the model's: not that of a line that is down, or of a purse that is empty.
        let isFailure = [.invalid, .contextTooLong, .thinkingRefused, .refused].contains(failure.kind)
        return self.conclude(failure.kind == .budget ? .limit : .failed, failure.description, isFailure: isFailure)
    }

    // MARK: Calls

    private mutating func update(_ change: (inout Batch) -> Void) -> [AgentEffect] {
        guard case .executing(var batch) = self.state else { return [] }
        change(&batch)
        self.state = .executing(batch)
        return []
    }

    private mutating func finish(_ call: String, _ result: ToolResult) -> [AgentEffect] {
        guard case .executing(var batch) = self.state else { return [] }
        batch.finish(call, result)
        self.state = .executing(batch)
        return self.advance()
    }

    /// Starts what may start; when every call has its result, goes back to the model.
    private mutating func advance() -> [AgentEffect] {
        guard case .executing(var batch) = self.state else { return [] }
        if self.isCancelling { batch.skipUnstarted("Not run: the turn was cancelled.") }
        if self.pausing, !batch.isFinished {
            self.state = batch.isQuiet ? .paused(.batch(batch)) : .executing(batch)
            if batch.isQuiet { self.pausing = false }
            return []
        }
        guard batch.isFinished else {
            let next = batch.takeNext()
            self.state = .executing(batch)
            return next.isEmpty ? [] : [.run(next)]
        }
        self.messages.append(Message(.user, batch.results))
        let items = self.held
        self.held = []
        self.append(items)
        if self.isCancelling { return self.conclude(.cancelled, "") }
        if self.pausing {
            self.pausing = false
            self.state = .paused(.thought)
            return []
        }
        if self.turnReplies >= self.limit {
            return self.conclude(.limit, "The turn reached its limit of \(self.limit) model replies.", isFailure: true)
        }
        self.state = .thinking
        return [.think]
    }

    private mutating func conclude(_ outcome: Outcome, _ text: String, isFailure: Bool = false) -> [AgentEffect] {
        self.outcome = outcome
        if isFailure { self.failures += 1 }
        let effects: [AgentEffect] = isFailure && self.failures.isMultiple(of: 2) ? [.escalate] : []
        self.isCancelling = false
        self.state = self.pausing ? .paused(.nothing) : .idle
        self.pausing = false
        return effects + [.conclude(outcome, text)]
    }

    // MARK: Control

    private mutating func pause() -> [AgentEffect] {
        switch self.state {
        case .idle:
            self.state = .paused(.nothing)
            return []
        case .thinking:
            self.state = .paused(.thought)
            return [.cancelModel]
        case .executing(let batch):
            self.pausing = true
            if batch.isQuiet { return self.advance() }
            return []
        case .paused:
            return []
        }
    }

    private mutating func resume() -> [AgentEffect] {
        guard case .paused(let interrupted) = self.state else {
            self.pausing = false
            return []
        }
        switch interrupted {
        case .nothing:
            self.state = .idle
            return []
        case .thought:
            self.state = .thinking
            return [.think]
        case .batch(let batch):
            self.state = .executing(batch)
            return self.advance()
        }
    }

    private mutating func cancel(_ by: String) -> [AgentEffect] {
        switch self.state {
        case .idle, .paused(.nothing):
            return []
        case .thinking:
            return [.cancelModel] + self.conclude(.cancelled, "Stopped by \(by).")
        case .paused(.thought):
            return self.conclude(.cancelled, "Stopped by \(by).")
        case .paused(.batch(let batch)):
            self.state = .executing(batch)
            self.isCancelling = true
            return self.advance()
        case .executing(let batch):
            self.isCancelling = true
            let running = batch.running
            let effects = self.advance()
            return running.isEmpty ? effects : [.cancelCalls(running)] + effects
        }
    }

    /// A call that had begun may have had its effect, so it is never simply begun again.
    private mutating func restart() -> [AgentEffect] {
        switch self.state {
        case .idle, .paused(.nothing), .paused(.thought):
            return []
        case .thinking:
            return [.think]
        case .paused(.batch(let batch)):
            // A pause waits for running calls, so none was running.
            self.state = .paused(.batch(batch))
            return []
        case .executing(var batch):
            let begun = batch.restart()
            self.state = .executing(batch)
            let recover = begun.map { AgentEffect.recover($0) }
            return recover.isEmpty ? self.advance() : recover
        }
    }
}

extension InboxItem {
    /// How the message reads in the agent's context.
    var asText: String {
        switch self.kind {
        case .user: self.text
        case .peer: "[message from \(self.from)] \(self.text)"
        case .task: "[task from \(self.from)] \(self.text)"
        case .notice: "[notice] \(self.text)"
        case .report: "[report from \(self.from)] \(self.text)"
        }
    }
}
