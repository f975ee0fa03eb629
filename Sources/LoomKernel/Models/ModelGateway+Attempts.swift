import LoomSystem

/// Asking one model until it answers, or until there is no point in asking again.
extension ModelGateway {
    func attempts(
        _ call: ModelCall, _ provider: any Provider, _ circumstances: Circumstances, _ progress: inout Progress
    ) async throws(ModelFailure) -> ModelReply {
        var tries = 1
        var provider = provider
        while true {
            do {
                return try await self.attempt(progress.attempt, call, provider, circumstances)
            } catch {
                if error.kind == .rateLimited, let seconds = error.retryAfter {
                    // All agents hear of it, not only the one that was refused.
                    await self.limiter.close(call.model.provider, seconds: seconds)
                }
                let spent = (self.clock.uptime - progress.began).inSeconds
                guard let delay = self.retry.delay(after: error, next: tries + 1, spent: spent, random: self.random) else { throw error }
                tries += 1
                progress.attempt += 1
                await self.publish(
                    ModelRetrying(agent: call.agent, call: call.id, attempt: progress.attempt, delay: delay, reason: error.message),
                    call, circumstances)
                do {
                    try await self.clock.sleep(for: .milliseconds(Int(delay * 1000)))
                } catch {
                    throw ModelFailure(.cancelled, "The call was cancelled.")
                }
                // Its file may have been saved meanwhile, because of just this failure.
                provider = try await self.provider(for: call.model)
            }
        }
    }

    private func attempt(
        _ attempt: Int, _ call: ModelCall, _ provider: any Provider, _ circumstances: Circumstances
    ) async throws(ModelFailure) -> ModelReply {
        let limits = self.configuration.value.providers[call.model.provider]?.limits ?? RateLimits()
        let tokens = circumstances.contextUsed
        let pass = await self.limiter.pass(provider: call.model.provider, agent: call.agent, tokens: tokens, limits) { seconds in
            await self.publish(
                ModelHeld(agent: call.agent, model: call.model.description, call: call.id, seconds: seconds), call, circumstances)
        }
        guard let pass else { throw ModelFailure(.cancelled, "The call was cancelled.") }
        do throws(ModelFailure) {
            let reply = try await self.reply(attempt, call, provider, circumstances)
            await self.limiter.finish(pass, tokens: reply.usage.total > 0 ? reply.usage.total : tokens)
            return reply
        } catch {
            await self.limiter.finish(pass, tokens: tokens)
            throw error
        }
    }

    private func reply(
        _ attempt: Int, _ call: ModelCall, _ provider: any Provider, _ circumstances: Circumstances
    ) async throws(ModelFailure) -> ModelReply {
        var assembler = ReplyAssembler()
        do throws(ModelFailure) {
            try await self.read(attempt, call, provider, circumstances, into: &assembler)
        } catch {
            await self.charge(assembler.usage, attempt, call, circumstances)
            throw error
        }
        return assembler.reply(to: call)
    }

    private func read(
        _ attempt: Int, _ call: ModelCall, _ provider: any Provider, _ circumstances: Circumstances, into assembler: inout ReplyAssembler
    ) async throws(ModelFailure) {
        do {
            for try await event in provider.stream(call) {
                try assembler.add(event)
                switch event {
                case .text(let text):
                    if let onText = circumstances.onText {
                        await onText(text, attempt)
                    } else {
                        self.bus.publish(
                            AgentTextDelta(agent: call.agent, text: text, call: call.id, attempt: attempt),
                            source: circumstances.source, subject: call.id, team: circumstances.team, cause: circumstances.cause)
                    }
                case .limits(let report): await self.limiter.learn(report, provider: call.model.provider)
                case .thinking, .toolCallDelta, .usage, .stop: break
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
    }
}
