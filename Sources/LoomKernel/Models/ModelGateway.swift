import GRDB
import LoomSystem

/// The one way to a model: reserves, streams, retries, settles, and writes the ledger.
package struct ModelGateway: Sendable {
    let store: Store
    let bus: SignalBus
    let catalog: any Catalog
    let budget: Budget
    let prices: PriceTable
    let clock: any WallClock
    let random: any RandomSource
    let retry: RetryPolicy

    /// What a call needs besides itself: where its signals belong, and how full the window is for them.
    struct Circumstances: Sendable {
        let source: String
        let team: String
        let cause: ID?
        /// Tokens: the estimate for what is sent, and what the model takes.
        let contextUsed: Int
        let contextLimit: Int
        /// Who hears the text as it comes, with the number of the attempt; nil for everybody, as an agent's words.
        var onText: (@Sendable (String, Int) async -> Void)?
    }

    /// One reply, however many attempts it takes. Streamed text goes out as signals, marked with its attempt.
    func reply(to call: ModelCall, _ circumstances: Circumstances) async throws(ModelFailure) -> ModelReply {
        do throws(ModelFailure) {
            return try await self.settledReply(to: call, circumstances)
        } catch {
            if error.kind != .cancelled {
                await self.publish(
                    ModelFailed(
                        agent: call.agent, model: call.model.description, call: call.id, kind: error.kind, reason: error.message,
                        hint: error.hint),
                    call, circumstances)
            }
            throw error
        }
    }

    private func settledReply(to call: ModelCall, _ circumstances: Circumstances) async throws(ModelFailure) -> ModelReply {
        let provider = try await self.provider(for: call.model)
        let facts = self.prices.facts(call.model)
        let reservation = try await self.reserve(call, facts, circumstances)
        let began = self.clock.uptime
        await self.publish(
            ModelStarted(agent: call.agent, model: call.model.description, purpose: call.purpose, call: call.id), call, circumstances)
        do {
            let reply = try await self.attempts(call, provider, circumstances)
            let cost = facts?.cost(reply.usage)
            self.budget.settle(reservation, costUSD: cost ?? 0)
            let finished = ModelFinished(
                agent: call.agent, model: call.model.description, call: call.id, usage: reply.usage, costUSD: cost, stop: reply.stop,
                milliseconds: Int((self.clock.uptime - began).wholeMilliseconds),
                contextUsed: reply.usage.total > 0 ? reply.usage.total : circumstances.contextUsed,
                contextLimit: circumstances.contextLimit)
            try await self.record(call, finished, circumstances)
            return reply
        } catch {
            self.budget.settle(reservation, costUSD: 0)
            throw error
        }
    }

    private func provider(for model: ModelName) async throws(ModelFailure) -> any Provider {
        guard let provider = self.catalog.provider(model.provider) else {
            let known = self.catalog.providers.map(\.name).joined(separator: ", ")
            throw ModelFailure(.unavailable, "There is no provider «\(model.provider)».", hint: "Known providers: \(known).")
        }
        if let missing = await provider.missing() {
            throw ModelFailure(.auth, "The provider \(model.provider) cannot be used: \(missing).", hint: "Then try again.")
        }
        return provider
    }

    private func reserve(
        _ call: ModelCall, _ facts: ModelFacts?, _ circumstances: Circumstances
    ) async throws(ModelFailure) -> Budget.Reservation {
        // The worst case that is likely: everything sent is paid in full, and the reply is of an ordinary length.
        let output = min(call.settings.maxOutputTokens ?? 2_000, 2_000)
        let estimate = facts?.cost(Usage(input: circumstances.contextUsed, output: output)) ?? 0
        do {
            return try self.budget.reserve(estimate, for: call.agent)
        } catch {
            await self.publish(
                BudgetReached(
                    agent: call.agent, level: error.level, spentUSD: error.spentUSD, limitUSD: error.limitUSD, refused: true),
                call, circumstances)
            throw ModelFailure(
                .budget,
                "The budget of \(error.level) does not allow another call: \(dollars(error.spentUSD)) of \(dollars(error.limitUSD)) spent.",
                hint: "Raise it with --budget or [budget] in the configuration.")
        }
    }

    private func attempts(
        _ call: ModelCall, _ provider: any Provider, _ circumstances: Circumstances
    ) async throws(ModelFailure) -> ModelReply {
        var attempt = 1
        while true {
            do {
                return try await self.attempt(attempt, call, provider, circumstances)
            } catch {
                guard let delay = self.retry.delay(after: error, next: attempt + 1, random: self.random) else { throw error }
                attempt += 1
                await self.publish(
                    ModelRetrying(agent: call.agent, call: call.id, attempt: attempt, delay: delay, reason: error.message),
                    call, circumstances)
                do {
                    try await self.clock.sleep(for: .milliseconds(Int(delay * 1000)))
                } catch {
                    throw ModelFailure(.cancelled, "The call was cancelled.")
                }
            }
        }
    }

    private func attempt(
        _ attempt: Int, _ call: ModelCall, _ provider: any Provider, _ circumstances: Circumstances
    ) async throws(ModelFailure) -> ModelReply {
        var assembler = ReplyAssembler()
        do {
            for try await event in provider.stream(call) {
                assembler.add(event)
                guard case .text(let text) = event else { continue }
                if let onText = circumstances.onText {
                    await onText(text, attempt)
                } else {
                    self.bus.publish(
                        AgentTextDelta(agent: call.agent, text: text, call: call.id, attempt: attempt),
                        source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
                }
            }
        } catch let failure as ModelFailure {
            throw failure
        } catch is CancellationError {
            throw ModelFailure(.cancelled, "The call was cancelled.")
        } catch {
            throw ModelFailure(.network, "The call to \(call.model.provider) failed: \(error).")
        }
        if Task.isCancelled { throw ModelFailure(.cancelled, "The call was cancelled.") }
        guard assembler.stop != nil else {
            throw ModelFailure(.network, "The stream from \(call.model.provider) was cut before the reply was whole.")
        }
        return assembler.reply(to: call)
    }

    private func publish(_ payload: some SignalPayload, _ call: ModelCall, _ circumstances: Circumstances) async {
        // A signal that cannot be kept must not stop the call; the event row that follows fails loudly if storage is gone.
        _ = try? await self.store.publish(
            payload, source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
    }

    private func record(_ call: ModelCall, _ finished: ModelFinished, _ circumstances: Circumstances) async throws(ModelFailure) {
        do {
            try await self.store.transaction { transaction in
                try transaction.db.run(
                    sql: """
                        INSERT INTO model_call (id, session, agent, model, purpose, input, output, cache_read, cache_write, cost_usd, time)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        call.id, transaction.session, call.agent, finished.model, call.purpose, finished.usage.input,
                        finished.usage.output, finished.usage.cacheRead, finished.usage.cacheWrite, finished.costUSD,
                        transaction.now.iso8601,
                    ])
                try transaction.publish(
                    finished, source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
            }
        } catch {
            throw ModelFailure(.server, error.description)
        }
    }
}

/// "$0.31", with more digits where there would be none.
package func dollars(_ amount: Double) -> String {
    let (whole, digits) = amount != 0 && amount.magnitude < 0.01 ? (10_000.0, 4) : (100.0, 2)
    let rounded = Int((amount * whole).rounded())
    let fraction = String(rounded.magnitude % UInt(whole))
    return
        "\(rounded < 0 ? "-" : "")$\(rounded.magnitude / UInt(whole)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
}
