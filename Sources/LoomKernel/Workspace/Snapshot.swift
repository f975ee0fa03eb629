package import LoomSystem

/// The workspace at one moment: everything a front end needs to draw itself before it follows the signals.
package struct Snapshot: Sendable, Hashable, Codable {
    /// The last signal this snapshot includes.
    package var sequence: Int64
    package var workspace: String
    package var directory: String
    package var session: String
    package var agents: [AgentSummary]
    package var questions: [Question]
    package var tasks: [TaskSummary]
    package var usage: Usage
    /// Dollars spent by this session; unpriced calls are counted in `unpricedCalls`.
    package var costUSD: Double
    package var unpricedCalls: Int
    package var budgetUSD: Double?
    /// `ask`, `read-only`, `edit` or `full`.
    package var permissions: String
    package var grants: [String]
    package var model: String?
    enum CodingKeys: String, CodingKey {
        case sequence, workspace, directory, session, agents, questions, tasks, usage, permissions, grants, model
        case costUSD = "cost_usd"
        case unpricedCalls = "unpriced_calls"
        case budgetUSD = "budget_usd"
    }
}

/// One agent as people see it.
package struct AgentSummary: Sendable, Hashable, Codable, Identifiable {
    package var id: String { self.name }
    package var name: String
    package var role: String
    package var team: String
    package var model: String
    package var state: AgentStatus
    /// What it does now: the running tool and its summary, what it waits for, why it failed.
    package var activity: String?
    package var contextUsed: Int
    package var contextLimit: Int
    /// The window by zone.
    package var context: [ZoneUse] = []
    package var usage: Usage
    package var costUSD: Double
    /// Calls of models whose price nobody knows, which `costUSD` lacks.
    package var unpricedCalls = 0
    /// Messages not yet read.
    package var queued: Int
    enum CodingKeys: String, CodingKey {
        case name, role, team, model, state, activity, context, usage, queued
        case contextUsed = "context_used"
        case contextLimit = "context_limit"
        case costUSD = "cost_usd"
        case unpricedCalls = "unpriced_calls"
    }
}

/// One task of the board.
package struct TaskSummary: Sendable, Hashable, Codable, Identifiable {
    package enum Status: String, Sendable, Hashable, Codable { case assigned, active, done, failed, cancelled }
    package var id: String
    package var title: String
    package var description: String
    package var status: Status
    package var assignee: String
    package var creator: String
    /// What the assignee reported; empty until done.
    package var result: String
}

/// One entry of an agent's transcript, as a person reads it.
package struct TranscriptEntry: Sendable, Hashable, Codable {
    /// `user`, `peer`, `task`, `notice`, `said`, `thinking`, `tool`, `result`.
    package var kind: String
    /// The other side: who wrote, or which tool.
    package var name: String
    package var text: String
    package var time: Timestamp
}

/// One tool call of a session.
package struct ToolCallRecord: Sendable {
    /// Counted from 1 in the order in which the session's calls came.
    package let number: Int
    package let agent: String
    package let tool: String
    package let summary: String
    /// Nil for one that was refused before it began.
    package let arguments: JSON?
    /// Nil while it runs.
    package let finished: ToolFinished?

    init?(number: Int, started: ToolStarted?, finished: ToolFinished?) {
        guard let agent = started?.agent ?? finished?.agent, let tool = started?.tool ?? finished?.tool else { return nil }
        (self.number, self.agent, self.tool, self.arguments, self.finished) = (number, agent, tool, started?.arguments, finished)
        self.summary = started?.summary ?? finished?.summary ?? ""
    }
}

/// One stored session.
package struct SessionSummary: Sendable, Hashable, Codable, Identifiable {
    package var id: String
    /// The first thing the person asked for.
    package var title: String
    package var startedAt: Timestamp
    package var activeAt: Timestamp
    package var agents: Int
    package var costUSD: Double
    /// Calls of models whose price nobody knows, which `costUSD` lacks.
    package var unpricedCalls: Int
    package var outcome: Outcome?
    enum CodingKeys: String, CodingKey {
        case id, title, agents, outcome
        case startedAt = "started_at"
        case activeAt = "active_at"
        case costUSD = "cost_usd"
        case unpricedCalls = "unpriced_calls"
    }
}
