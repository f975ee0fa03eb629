import LoomSystem

/// A session of work began or was resumed.
package struct SessionStarted: SignalPayload {
    package static let type = "session.started"
    package var session: String
    package var resumed: Bool
    package var frontEnd: String
    enum CodingKeys: String, CodingKey { case session, resumed, frontEnd = "front_end" }
}

/// Nobody begins a turn in this process any more; those under way are cancelled.
package struct SessionHalted: SignalPayload {
    package static let type = "session.halted"
    package var session: String
    /// A front end's user, or a limit.
    package var by: String
}

/// The last signal of a headless run, and the end of every session.
package struct SessionFinished: SignalPayload {
    package static let type = "session.finished"
    package var session: String
    package var outcome: Outcome
    package var result: String
    package var usage: Usage
    /// Dollars; nil when a model without a known price was used.
    package var costUSD: Double?
    enum CodingKeys: String, CodingKey { case session, outcome, result, usage, costUSD = "cost_usd" }

    package init(session: String, outcome: Outcome, result: String, usage: Usage, costUSD: Double?) {
        (self.session, self.outcome, self.result, self.usage, self.costUSD) = (session, outcome, result, usage, costUSD)
    }

    /// A cost that is not known is written as null: programs read the same keys whatever the model.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.session, forKey: .session)
        try container.encode(self.outcome, forKey: .outcome)
        try container.encode(self.result, forKey: .result)
        try container.encode(self.usage, forKey: .usage)
        try container.encode(self.costUSD, forKey: .costUSD)
    }
}

/// An agent joined a team.
package struct AgentSpawned: SignalPayload {
    package static let type = "agent.spawned"
    package var agent: String
    package var role: String
    package var model: String
    package var by: String
}

/// An agent's state changed; `state` is a word of `AgentStatus`.
package struct AgentStateChanged: SignalPayload {
    package static let type = "agent.state"
    package var agent: String
    package var state: AgentStatus
    package var reason: String?
}

/// An agent ended its turn.
package struct AgentFinished: SignalPayload {
    package static let type = "agent.finished"
    package var agent: String
    package var outcome: Outcome
    package var text: String
}

/// A supervised agent failed and came back from its rows.
package struct AgentRestarted: SignalPayload {
    package static let type = "agent.restarted"
    package var agent: String
    package var reason: String
    package var restarts: Int
}

/// An agent left the team.
package struct AgentStopped: SignalPayload {
    package static let type = "agent.stopped"
    package var agent: String
    package var reason: String
}

/// A piece of streamed text. `attempt` changes when a model call is tried again: what came before is void.
package struct AgentTextDelta: SignalPayload {
    package static let type = "agent.text.delta"
    package static let isKept = false
    package var agent: String
    package var text: String
    package var call: String
    package var attempt: Int
}

/// What an agent said, whole.
package struct AgentSaid: SignalPayload {
    package static let type = "agent.said"
    package var agent: String
    package var text: String
}

/// What a person said to an agent.
package struct UserSaid: SignalPayload {
    package static let type = "user.said"
    package var to: String
    package var text: String
    package var item: String
}

/// A message was stored for an agent. It is read when it enters that agent's context.
package struct InboxQueued: SignalPayload {
    package static let type = "inbox.queued"
    package var item: String
    package var from: String
    package var to: String
    package var kind: InboxItem.Kind
    package var priority: InboxItem.Priority
    package var text: String
    /// The tool call that sent it, if one did.
    package var call: String?
}

/// Messages entered an agent's context.
package struct InboxRead: SignalPayload {
    package static let type = "inbox.read"
    package var agent: String
    package var items: [String]
    package var from: [String]
}

/// A model call began.
package struct ModelStarted: SignalPayload {
    package static let type = "model.started"
    package var agent: String
    package var model: String
    package var purpose: String
    package var call: String
}

/// A model call is tried again after `delay` seconds.
package struct ModelRetrying: SignalPayload {
    package static let type = "model.retrying"
    package var agent: String
    package var call: String
    package var attempt: Int
    package var delay: Double
    package var reason: String
}

/// A model call waits before it is made, so that its vendor does not refuse it.
package struct ModelHeld: SignalPayload {
    package static let type = "model.held"
    package var agent: String
    package var model: String
    package var call: String
    /// How long at least; nil when it waits for another call to end.
    package var seconds: Double?
}

/// A model could not be had, and the call goes on with another.
package struct ModelReplaced: SignalPayload {
    package static let type = "model.replaced"
    package var agent: String
    package var call: String
    package var from: String
    package var to: String
    package var reason: String
}

/// A model call ended, with what it used and cost and how full the window is.
package struct ModelFinished: SignalPayload {
    package static let type = "model.finished"
    package var agent: String
    package var model: String
    package var call: String
    package var usage: Usage
    package var costUSD: Double?
    package var stop: StopReason
    package var milliseconds: Int
    /// Tokens in the window, and how many it holds.
    package var contextUsed: Int
    package var contextLimit: Int
    enum CodingKeys: String, CodingKey {
        case agent, model, call, usage, stop, milliseconds
        case costUSD = "cost_usd"
        case contextUsed = "context_used"
        case contextLimit = "context_limit"
    }
}

/// A model call failed for good.
package struct ModelFailed: SignalPayload {
    package static let type = "model.failed"
    package var agent: String
    package var model: String
    package var call: String
    package var kind: ModelFailure.Kind
    package var reason: String
    package var hint: String?
}
