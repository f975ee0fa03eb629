import LoomSystem

/// Holds money for a call before it is made. Where a budget is used up, a person is asked for more, once; who said no is not asked
/// again before the budget is another.
struct Purse: Sendable {
    let budget: Budget
    private let store: Store
    private let desk: Desk

    init(budget: Budget, store: Store, questions: Questions) {
        self.budget = budget
        self.store = store
        self.desk = Desk(budget: budget, questions: questions)
    }

    func reserve(
        _ dollars: Double, for call: ModelCall, _ circumstances: ModelGateway.Circumstances
    ) async throws(ModelFailure) -> Budget.Reservation {
        while true {
            do throws(Budget.Refusal) {
                return try self.budget.reserve(dollars, for: call.agent)
            } catch {
                if await self.desk.raises(error, call, circumstances.asker) { continue }
                if Task.isCancelled { throw ModelFailure(.cancelled, "The call was cancelled.") }
                await self.tell(error, call, circumstances)
                throw ModelFailure(
                    .budget, "\(Self.sentence(error)): it does not allow another call.",
                    hint: "Raise it with --budget or [budget] in the configuration.")
            }
        }
    }

    private static func sentence(_ refusal: Budget.Refusal) -> String {
        "The budget of \(refusal.level) has \(dollars(refusal.spentUSD)) of \(dollars(refusal.limitUSD)) spent"
    }

    private func tell(_ refusal: Budget.Refusal, _ call: ModelCall, _ circumstances: ModelGateway.Circumstances) async {
        // As with other signals: one that can't be kept stops nothing.
        _ = try? await self.store.publish(
            BudgetReached(
                agent: call.agent, level: refusal.level, spentUSD: refusal.spentUSD, limitUSD: refusal.limitUSD, refused: true),
            source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
    }

    /// Asks one question for each budget, however many calls wait for its answer.
    private actor Desk {
        private let budget: Budget
        private let questions: Questions
        private var asking: [String: OneShot<Bool>] = [:]
        /// The limit that stays, by level.
        private var kept: [String: Double] = [:]

        init(budget: Budget, questions: Questions) {
            self.budget = budget
            self.questions = questions
        }

        func raises(_ refusal: Budget.Refusal, _ call: ModelCall, _ asker: AgentIdentity) async -> Bool {
            while refusal.limitUSD > 0, self.kept[refusal.level] != refusal.limitUSD, !Task.isCancelled {
                // Whoever asked first may be cancelled, and the question with it; then the next one asks.
                if let asked = self.asking[refusal.level] {
                    if await asked.value() == true { return true }
                    continue
                }
                let asked = OneShot<Bool>()
                self.asking[refusal.level] = asked
                let isRaised = await self.ask(refusal, call, asker)
                self.asking[refusal.level] = nil
                asked.fulfil(isRaised)
                return isRaised
            }
            return false
        }

        private func ask(_ refusal: Budget.Refusal, _ call: ModelCall, _ asker: AgentIdentity) async -> Bool {
            let draft = Questions.Draft(
                kind: .budget, asker: asker, call: call.id,
                title: "\(asker.name) wants to go on: \(Purse.sentence(refusal)). Raise it by \(dollars(refusal.limitUSD))?",
                why: "budget of \(refusal.level)")
            guard let reply = try? await self.questions.ask(draft, asked: { _ in }), !reply.isWithdrawn else { return false }
            guard reply.answer == .allow else {
                self.kept[refusal.level] = refusal.limitUSD
                return false
            }
            self.budget.raise(refusal)
            return true
        }
    }
}
