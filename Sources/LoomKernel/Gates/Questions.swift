import GRDB
package import LoomSystem

/// The questions that wait for a human. Any front end may answer; the first one wins and the others are told.
package actor Questions {
    private let store: Store
    private let clock: any WallClock
    private let identifiers: IDGenerator
    private let permissions: PermissionEngine
    /// False when no front end could ever answer: then nothing waits, and silence is a refusal.
    private var isInteractive: Bool
    private var open: [ID: Waiting] = [:]
    /// How many permissions nobody could give.
    package private(set) var unanswered = 0

    /// It stands here before anyone hears of it: an answer may come before its asker waits.
    private struct Waiting {
        let question: Question
        let request: PermissionEngine.Request?
        var continuation: CheckedContinuation<Reply, Never>?
        var reply: Reply?
        /// Whoever asked does not wait any more.
        var isWithdrawn = false
    }

    package struct Reply: Sendable, Hashable {
        package let answer: Answer
        package let by: String
        /// It was no person: a rule that came meanwhile.
        package var isRuled: Bool { self.by == Questions.rule }
        /// It was nobody: who asked does not want to know any more, or the session closes.
        package var isWithdrawn: Bool { Questions.isWithdrawal(self.by) }
    }

    private static let rule = "rule"
    private static let cancelled = "cancelled"
    private static let closing = "closing"

    /// Whether this in place of a person means that the question was taken back.
    package static func isWithdrawal(_ by: String) -> Bool { by == Self.cancelled || by == Self.closing }

    package init(
        store: Store, clock: any WallClock, identifiers: IDGenerator, permissions: PermissionEngine, isInteractive: Bool
    ) {
        self.store = store
        self.permissions = permissions
        self.clock = clock
        self.identifiers = identifiers
        self.isInteractive = isInteractive
    }

    package var waiting: [Question] { self.open.values.filter { $0.reply == nil }.map(\.question).sorted { $0.id < $1.id } }

    /// What is asked, by whom and for which call.
    package struct Draft: Sendable, Hashable {
        package var kind: Question.Kind
        package var asker: AgentIdentity
        package var call: String
        package var title: String
        package var detail = ""
        package var why = ""
        package var always: String?
        package var options: [String] = []
        /// What the permission engine left to a person.
        package var request: PermissionEngine.Request?
    }

    /// Waits for an answer; cancelling the task withdraws the question. `asked` hears its id before anyone can answer.
    package func ask(_ draft: Draft, asked: @Sendable (ID) -> Void) async throws(StoreError) -> Reply {
        let question = Question(
            id: self.identifiers.next(), kind: draft.kind, agent: draft.asker.name, call: draft.call, title: draft.title,
            detail: draft.detail,
            why: draft.why, always: draft.always, options: draft.options, time: self.clock.now)
        guard self.isInteractive else {
            // Whoever only wanted to know goes on by their own judgement, and a budget is a limit; whoever needed a permission cannot.
            if [.permission, .spawn].contains(draft.kind) { self.unanswered += 1 }
            return Reply(answer: .refuse, by: "nobody: no person could be asked")
        }
        self.open[question.id] = Waiting(question: question, request: draft.request)
        do {
            try await self.keep(question, draft)
        } catch {
            self.open[question.id] = nil
            throw error
        }
        asked(question.id)
        // What decides it may have come before it stood here.
        await self.reconsider(question.id)
        defer { self.open[question.id] = nil }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let reply = self.open[question.id]?.reply {
                    continuation.resume(returning: reply)
                } else if self.open[question.id] == nil {
                    continuation.resume(returning: Reply(answer: .refuse, by: Self.cancelled))
                } else {
                    self.open[question.id]?.continuation = continuation
                }
            }
        } onCancel: {
            Task { await self.withdraw(question.id) }
        }
    }

    /// Whoever asked does not wait any more, whether that can be kept or not.
    private func withdraw(_ id: ID) async {
        self.open[id]?.isWithdrawn = true
        _ = try? await self.answer(id, .refuse, by: Self.cancelled)
        self.letGo(id)
    }

    private func letGo(_ id: ID) {
        // An answer that is just being kept counts.
        guard let waiting = self.open[id], waiting.isWithdrawn, waiting.reply == nil else { return }
        self.open[id] = nil
        waiting.continuation?.resume(returning: Reply(answer: .refuse, by: Self.cancelled))
    }

    private func keep(_ question: Question, _ draft: Draft) async throws(StoreError) {
        try await self.store.transaction { transaction in
            try transaction.db.run(
                sql: "INSERT INTO question (id, session, question) VALUES (?, ?, ?)",
                arguments: [question.id.description, transaction.session, JSON(encoding: question).text()])
            try transaction.publish(
                QuestionAsked(question: question), source: draft.asker.source, subject: question.id.description, team: draft.asker.team)
        }
    }

    /// False when it is not open any more: somebody else was first.
    package func answer(_ id: ID, _ answer: Answer, by: String) async throws(StoreError) -> Bool {
        guard let waiting = self.open[id], waiting.reply == nil else { return false }
        // Taken before the first wait: of two answers at once only one counts.
        let reply = Reply(answer: answer, by: by)
        self.open[id]?.reply = reply
        do {
            try await self.store.transaction { transaction in
                try transaction.db.run(
                    sql: "UPDATE question SET answer = ?, answered_by = ?, answered_at = ? WHERE id = ?",
                    arguments: [JSON(encoding: answer).text(), by, transaction.now.iso8601, id.description])
                try transaction.publish(
                    QuestionAnswered(question: id.description, agent: waiting.question.agent, answer: answer, by: by), source: by,
                    subject: id.description)
            }
        } catch {
            // What could not be kept did not happen: the question stays open.
            self.open[id]?.reply = nil
            self.letGo(id)
            throw error
        }
        let continuation = self.open[id]?.continuation
        self.open[id]?.continuation = nil
        continuation?.resume(returning: reply)
        return true
    }

    /// Rules, grants or the preset have changed: nobody is asked any more what they decide now.
    package func reconsider() async {
        for id in self.open.keys.sorted() { await self.reconsider(id) }
    }

    private func reconsider(_ id: ID) async {
        guard let request = self.open[id]?.request else { return }
        let verdict = self.permissions.decide(tool: request.tool, request.access).verdict
        // What cannot be kept stays open.
        if verdict != .ask { _ = try? await self.answer(id, verdict == .allow ? .allow : .refuse, by: Self.rule) }
    }

    /// Takes back every question: the workspace closes.
    package func close() {
        for waiting in self.open.values {
            // An answer that is just being kept counts; its asker must not wait for who finds it gone.
            waiting.continuation?.resume(returning: waiting.reply ?? Reply(answer: .refuse, by: Self.closing))
        }
        self.open = [:]
        self.isInteractive = false
    }
}
