/// What an agent is doing, as people see it.
package enum AgentStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case idle, thinking, executing, gated, paused, suspended, failed, stopped

    /// True while the agent has work under way or waits for a human.
    package var isBusy: Bool {
        switch self {
        case .thinking, .executing, .gated: true
        case .idle, .paused, .suspended, .failed, .stopped: false
        }
    }

    /// What a person reads.
    package var words: String {
        switch self {
        case .executing: "working"
        case .gated: "waits for you"
        case .idle, .thinking, .paused, .suspended, .failed, .stopped: self.rawValue
        }
    }
}

/// How an agent's turn, or a whole session, ended. A limit is never recorded as success.
package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    case done, gaveUp = "gave_up", limit, refused, cancelled, failed
}
