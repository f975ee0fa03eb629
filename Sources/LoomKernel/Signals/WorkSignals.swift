package import LoomSystem

/// A tool call began. `summary` is the one line a person reads: a path, a command.
package struct ToolStarted: SignalPayload {
    package static let type = "tool.started"
    package var agent: String
    package var call: String
    package var tool: String
    package var summary: String
    package var generation: Int
    package var arguments: JSON
    /// The call in which a tool made this one; nil for what the model called.
    package var parent: String?
}

/// A piece of a running tool's output.
package struct ToolProgress: SignalPayload {
    package static let type = "tool.progress"
    package static let isKept = false
    package var agent: String
    package var call: String
    package var text: String
}

/// A tool call ended. `text` is what the model reads, cut for display.
package struct ToolFinished: SignalPayload {
    package static let type = "tool.finished"
    package var agent: String
    package var call: String
    package var tool: String
    package var summary: String
    package var status: ToolResult.Status
    package var text: String
    package var milliseconds: Int
    package var generation: Int
    package var parent: String?
}

/// A file of the project was changed by an agent.
package struct FileChanged: SignalPayload {
    package static let type = "file.changed"
    package var agent: String
    package var call: String
    package var path: String
    /// Lines.
    package var added: Int
    package var removed: Int
}

/// A human is asked something.
package struct QuestionAsked: SignalPayload {
    package static let type = "question.asked"
    package var question: Question
}

/// A question was answered, by a person, a rule or nobody.
package struct QuestionAnswered: SignalPayload {
    package static let type = "question.answered"
    package var question: String
    package var agent: String
    package var answer: Answer
    package var by: String
}

/// The permission engine decided: which rule, where it stands, who decided.
package struct PermissionDecided: SignalPayload {
    package static let type = "permission.decided"
    package var agent: String
    package var call: String
    package var tool: String
    package var access: String
    package var verdict: Verdict
    package var rule: String
    package var origin: String
    package var by: String
}

/// A rule was added to or taken from this session's grants.
package struct GrantChanged: SignalPayload {
    package static let type = "permission.grant"
    package var rule: String
    package var granted: Bool
    package var by: String
}

/// A task was put on the board or changed.
package struct TaskChanged: SignalPayload {
    package static let type = "task.changed"
    package var task: TaskSummary
    package var by: String
    /// The tool call that changed it.
    package var call: String?
}

/// A budget refused a model call or passed its warning line.
package struct BudgetReached: SignalPayload {
    package static let type = "budget.reached"
    package var agent: String
    package var level: String
    package var spentUSD: Double
    package var limitUSD: Double
    package var refused: Bool
    enum CodingKeys: String, CodingKey {
        case agent, level, refused
        case spentUSD = "spent_usd"
        case limitUSD = "limit_usd"
    }
}

/// One report of one plugin's (re)load.
package struct PluginReported: SignalPayload, Hashable {
    package static let type = "plugin.reload"
    package var plugin: String
    package var kind: String
    package var from: Int?
    package var to: Int?
    /// `loaded`, `reloaded`, `unchanged`, `removed`, `failed`, `quarantined`.
    package var status: String
    package var error: String?
    package var milliseconds: Double
    /// Fields and arguments that this generation has and the one before had not; nil for none.
    package var added: [String]?
    package var changed: [String]?
    package var removed: [String]?
    /// Tokens of the running agents concerned that their vendors had cached: how many this reload left usable, and how many it did not.
    package var cachedTokensKept: Int?
    package var cachedTokensLost: Int?
    enum CodingKeys: String, CodingKey {
        case plugin, kind, from, to, status, error, milliseconds, added, changed, removed
        case cachedTokensKept = "cached_tokens_kept"
        case cachedTokensLost = "cached_tokens_lost"
    }

    package init(
        plugin: String, kind: String, from: Int? = nil, to: Int? = nil, status: String, error: String? = nil, milliseconds: Double
    ) {
        self.plugin = plugin
        self.kind = kind
        self.from = from
        self.to = to
        self.status = status
        self.error = error
        self.milliseconds = milliseconds
    }

    /// What changed for those who use it, in words; nil when nothing did.
    package var changes: String? {
        let parts = [("added", self.added), ("changed", self.changed), ("removed", self.removed)].compactMap { word, names in
            names.map { "\(word) \($0.joined(separator: ", "))" }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

/// Settings have other values than before, from now on.
package struct ConfigurationChanged: SignalPayload {
    package static let type = "configuration.changed"
    /// Their dotted keys, sorted.
    package var keys: [String]
}

/// Something a person should know; `level` is `info`, `warning` or `error`. One sentence.
package struct Notice: SignalPayload {
    package static let type = "notice"
    package var level: String
    package var text: String

    package init(
        level: String, text: String
    ) {
        self.level = level
        self.text = text
    }
}
