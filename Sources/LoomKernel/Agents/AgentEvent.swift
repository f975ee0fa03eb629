package import LoomSystem

/// What can happen to an agent. Each is one row, written before what follows from it starts.
package enum AgentEvent: Sendable, Hashable, Codable {
    /// Messages entered the context.
    case received([InboxItem])
    /// The model replied; `parallel` names the calls that may run side by side.
    case replied(ModelReply, parallel: Set<String>)
    case modelFailed(ModelFailure)
    /// A call waits for a human.
    case gated(call: String, question: ID)
    /// The human's answer came; the call goes on where it was.
    case ungated(call: String)
    /// A call is about to run: from here on it may have had its effect.
    case started(call: String)
    case finished(call: String, ToolResult)
    /// What stands before the conversation is another from the next call on.
    case prefixed(Prefix)
    /// The model is told what became of its tools.
    case told(ToolNews, text: String)
    /// Something left the context window, and stays out of it.
    case departed(ContextWindow.Departed)
    case paused
    case resumed
    /// The turn is to end.
    case cancelled(by: String)
    /// The process came back after a crash, or a supervisor restarted the agent.
    case restarted
}

/// What an agent does about it.
package enum AgentEffect: Sendable, Hashable {
    /// Drain the inbox, then ask the model.
    case think
    case cancelModel
    /// Run these calls side by side.
    case run([ToolCall])
    /// Cancel these running calls.
    case cancelCalls([String])
    /// The crash came while this call ran: find out whether it had its effect.
    case recover(ToolCall)
    /// The turn ended.
    case conclude(Outcome, String)
    /// The model failed twice in a row: another may do better.
    case escalate
}
