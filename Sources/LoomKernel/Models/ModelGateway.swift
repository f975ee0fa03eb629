import GRDB
import LoomSystem

/// The one way to a model: waits its turn, reserves, streams, retries, falls back, settles, and writes the ledger.
package struct ModelGateway: Sendable {
    let store: Store
    let bus: SignalBus
    let catalog: any Catalog
    let purse: Purse
    let models: ModelTable
    let clock: any WallClock
    let random: any RandomSource
    let retry: RetryPolicy
    let configuration: LiveConfiguration
    let limiter: RateLimiter
    let outages: Outages

    /// What a call needs besides itself: where its signals belong, and how full the window is for them.
    struct Circumstances: Sendable {
        let asker: AgentIdentity
        let cause: ID?
        /// Tokens: the estimate for what is sent, and what the model takes.
        let contextUsed: Int
        let contextLimit: Int
        /// After these its asker asks once more, in another way, before they are failures that anybody hears of.
        var mends: Set<ModelFailure.Kind> = []
        /// Who hears the text as it comes, with the number of the attempt; nil for everybody, as an agent's words.
        var onText: (@Sendable (String, Int) async -> Void)?

        var source: String { self.asker.source }
        var team: String { self.asker.team }
    }

    /// One reply, however many attempts and models it takes. Streamed text goes out as signals, marked with its attempt.
    func reply(to call: ModelCall, _ circumstances: Circumstances) async throws(ModelFailure) -> ModelReply {
        var progress = Progress(began: self.clock.uptime)
        let candidates = self.candidates(call, circumstances)
        for (index, model) in candidates.enumerated() {
            let attempt = model == call.model ? call : self.call(call, with: model)
            do throws(ModelFailure) {
                return try await self.settledReply(to: attempt, circumstances, &progress)
            } catch {
                if error.kind.isOutage { self.outages.note(model, at: self.clock.uptime) }
                guard error.kind.isOutage, index + 1 < candidates.count else {
                    await self.tell(of: error, attempt, circumstances)
                    throw error
                }
                await self.publish(
                    ModelReplaced(
                        agent: call.agent, call: call.id, from: model.description, to: candidates[index + 1].description,
                        reason: error.message),
                    call, circumstances)
            }
        }
        throw ModelFailure(.unavailable, "No model is left to ask.")
    }

    /// Attempts are counted over all models: what people saw of an earlier one is void.
    struct Progress {
        var attempt = 1
        let began: Duration
    }

    private func tell(of failure: ModelFailure, _ call: ModelCall, _ circumstances: Circumstances) async {
        // Who cancelled their own call know that.
        let isOwnWish = failure.kind == .cancelled && Task.isCancelled
        guard !isOwnWish, !circumstances.mends.contains(failure.kind) else { return }
        await self.publish(
            ModelFailed(
                agent: call.agent, model: call.model.description, call: call.id, kind: failure.kind, reason: failure.message,
                hint: failure.hint),
            call, circumstances)
    }

    // MARK: Which model

    /// The call's own model and those to go on with, whose window is large enough. One that could not be had a moment ago comes last.
    private func candidates(_ call: ModelCall, _ circumstances: Circumstances) -> [ModelName] {
        let names = self.configuration.value.fallbacks[call.model.description] ?? []
        let others = names.compactMap { ModelName($0) }.filter { model in
            guard let context = self.models.facts(model)?.context else { return true }
            return context > circumstances.contextUsed
        }
        guard !others.isEmpty else { return [call.model] }
        let now = self.clock.uptime
        let isOut = { (model: ModelName) in self.outages.isOut(model, at: now) }
        let all = [call.model] + others.filter { $0 != call.model }
        return all.filter { !isOut($0) } + all.filter(isOut)
    }

    private func call(_ call: ModelCall, with model: ModelName) -> ModelCall {
        var next = call
        next.model = model
        next.facts = self.models.facts(model)
        next.settings = next.settings.bounded(by: next.facts)
        return next
    }

    // MARK: One model

    private func settledReply(
        to call: ModelCall, _ circumstances: Circumstances, _ progress: inout Progress
    ) async throws(ModelFailure) -> ModelReply {
        let provider = try await self.provider(for: call.model)
        let reservation = try await self.purse.reserve(self.estimate(call, circumstances), for: call, circumstances)
        let began = self.clock.uptime
        await self.publish(
            ModelStarted(agent: call.agent, model: call.model.description, purpose: call.purpose, call: call.id), call, circumstances)
        let reply: ModelReply
        do throws(ModelFailure) {
            reply = try await self.attempts(call, provider, circumstances, &progress)
        } catch {
            self.purse.budget.settle(reservation, costUSD: 0)
            throw error
        }
        let cost = call.facts?.cost(reply.usage)
        self.purse.budget.settle(reservation, costUSD: cost ?? 0)
        let finished = ModelFinished(
            agent: call.agent, model: call.model.description, call: call.id, usage: reply.usage, costUSD: cost, stop: reply.stop,
            milliseconds: Int((self.clock.uptime - began).wholeMilliseconds),
            contextUsed: reply.usage.total > 0 ? reply.usage.total : circumstances.contextUsed,
            contextLimit: circumstances.contextLimit)
        await self.record(call, finished, circumstances)
        return reply
    }

    func provider(for model: ModelName) async throws(ModelFailure) -> any Provider {
        guard let provider = self.catalog.provider(model.provider) else {
            let summary = self.catalog.plugins.first { $0.kind == "provider" && $0.name == model.provider }
            if let error = summary?.error {
                throw ModelFailure(
                    .unavailable, "The provider \(model.provider) does not load. \(error)", hint: "It is loaded when its file is saved.")
            }
            throw ModelFailure(.unavailable, absence(of: "provider", model.provider, among: self.catalog.providers.map(\.name)))
        }
        if let missing = await provider.missing() {
            throw ModelFailure(.auth, "The provider \(model.provider) cannot be used: \(missing).", hint: "Then try again.")
        }
        return provider
    }

    /// The worst case that is likely, in dollars: everything sent is paid in full, and the reply is of an ordinary length.
    private func estimate(_ call: ModelCall, _ circumstances: Circumstances) -> Double {
        let output = min(call.settings.maxOutputTokens ?? 2_000, 2_000)
        return call.facts?.cost(Usage(input: circumstances.contextUsed, output: output)) ?? 0
    }

    // MARK: Signals

    func publish(_ payload: some SignalPayload, _ call: ModelCall, _ circumstances: Circumstances) async {
        // A signal that cannot be kept must not stop the call; the event row that follows fails loudly if storage is gone.
        _ = try? await self.store.publish(
            payload, source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
    }
}

/// "$0.31", with more digits where there would be none.
package func dollars(_ amount: Double) -> String {
    guard amount.magnitude < 1e12 else { return "over $1000000000000" }
    let (whole, digits) = amount != 0 && amount.magnitude < 0.01 ? (10_000.0, 4) : (100.0, 2)
    let rounded = Int((amount * whole).rounded())
    let fraction = String(rounded.magnitude % UInt(whole))
    return
        "\(rounded < 0 ? "-" : "")$\(rounded.magnitude / UInt(whole)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
}
