import LoomKernel

extension FeedLine {
    /// The line of a signal; nil for signals that other parts of the page show, or that are steps of a line to come.
    init?(_ signal: Signal) {
        let line =
            Self.ofTools(signal) ?? Self.ofMail(signal) ?? Self.ofAgents(signal) ?? Self.ofGates(signal) ?? Self.ofWorkspace(signal)
            ?? Self.ofPlugins(signal)
        guard let line else { return nil }
        self = line
    }

    private static func ofTools(_ signal: Signal) -> FeedLine? {
        switch signal.type {
        case ToolFinished.type:
            guard let tool = signal.payload(ToolFinished.self) else { return nil }
            let outcome = Self.outcome(of: tool.status)
            return FeedLine(
                who: tool.agent, mark: "⚙", spoken: "tool", what: tool.tool, object: tool.summary,
                outcome: "\(outcome.text)  \(Figures.span(milliseconds: tool.milliseconds))", tone: outcome.tone, topic: .tools,
                href: "/calls/\(PathSegment.encode(tool.call))")
        case FileChanged.type:
            guard let file = signal.payload(FileChanged.self) else { return nil }
            return FeedLine(
                who: file.agent, mark: "✎", spoken: "file", what: "changed", object: file.path,
                outcome: "+\(file.added) −\(file.removed)", topic: .tools, href: "/calls/\(PathSegment.encode(file.call))")
        default: return nil
        }
    }

    private static func outcome(of status: ToolResult.Status) -> (text: String, tone: Tone) {
        switch status {
        case .ok: ("✓", .good)
        case .error: ("✗ error", .bad)
        case .denied: ("✗ refused", .bad)
        case .timedOut: ("✗ out of time", .bad)
        case .cancelled: ("cancelled", .quiet)
        case .interrupted: ("interrupted", .quiet)
        }
    }

    private static func ofMail(_ signal: Signal) -> FeedLine? {
        switch signal.type {
        case UserSaid.type:
            guard let said = signal.payload(UserSaid.self) else { return nil }
            return FeedLine(who: "you", isAgent: false, mark: "→", spoken: "to", what: "\(said.to): \(said.text)", topic: .mail)
        case InboxQueued.type:
            // What a person wrote and what a task says have lines of their own.
            guard let item = signal.payload(InboxQueued.self), item.kind != .user, item.kind != .task else { return nil }
            return FeedLine(
                who: item.from, isAgent: signal.isOfAgent, mark: item.priority == .urgent ? "⇒" : "→",
                spoken: item.priority == .urgent ? "urgently to" : "to",
                what: "\(item.to): \(item.text)", topic: .mail)
        default: return nil
        }
    }

    private static func ofAgents(_ signal: Signal) -> FeedLine? {
        switch signal.type {
        case AgentSaid.type:
            guard let said = signal.payload(AgentSaid.self) else { return nil }
            return FeedLine(who: said.agent, mark: "“", spoken: "says", what: said.text)
        case AgentSpawned.type:
            guard let agent = signal.payload(AgentSpawned.self) else { return nil }
            return FeedLine(
                who: agent.agent, mark: "+", spoken: "joined", what: "joined as \(agent.role)", object: agent.model, tone: .quiet)
        case AgentFinished.type:
            guard let agent = signal.payload(AgentFinished.self), agent.outcome != .done else { return nil }
            return FeedLine(
                who: agent.agent, mark: "■", spoken: "ended", what: "ended its turn: \(Self.words(agent.outcome))",
                tone: agent.outcome == .cancelled ? .quiet : .bad)
        case AgentRestarted.type:
            guard let agent = signal.payload(AgentRestarted.self) else { return nil }
            return FeedLine(
                who: agent.agent, mark: "↻", spoken: "restarted", what: "restarted (\(agent.restarts)): \(agent.reason)", tone: .bad)
        case AgentStopped.type:
            guard let agent = signal.payload(AgentStopped.self) else { return nil }
            return FeedLine(who: agent.agent, mark: "−", spoken: "left", what: "left: \(agent.reason)", tone: .quiet)
        case AgentStateChanged.type:
            guard let agent = signal.payload(AgentStateChanged.self) else { return nil }
            switch agent.state {
            case .paused, .suspended:
                let reason = agent.reason.map { ": \($0)" } ?? ""
                return FeedLine(who: agent.agent, mark: "‖", spoken: "state", what: agent.state.rawValue + reason, tone: .quiet)
            case .failed:
                return FeedLine(who: agent.agent, mark: "✗", spoken: "failed", what: agent.reason ?? "failed", tone: .bad)
            case .idle, .thinking, .executing, .gated, .stopped: return nil
            }
        default: return Self.ofModels(signal)
        }
    }

    private static func ofModels(_ signal: Signal) -> FeedLine? {
        switch signal.type {
        case ModelRetrying.type:
            guard let call = signal.payload(ModelRetrying.self) else { return nil }
            let delay = Figures.span(milliseconds: Int(min(1e9, max(0, call.delay * 1_000))))
            return FeedLine(
                who: call.agent, mark: "↻", spoken: "retries", what: "tries the model again in \(delay): \(call.reason)", tone: .quiet)
        case ModelHeld.type:
            guard let held = signal.payload(ModelHeld.self) else { return nil }
            let delay = held.seconds.map { " for \(Figures.span(milliseconds: Int(min(1e9, max(0, $0 * 1_000)))))" } ?? ""
            return FeedLine(
                who: held.agent, mark: "…", spoken: "waits", what: "waits\(delay): the limits of", object: held.model, tone: .quiet)
        case ModelReplaced.type:
            guard let change = signal.payload(ModelReplaced.self) else { return nil }
            return FeedLine(who: change.agent, mark: "⇄", spoken: "model", what: "\(change.reason) Goes on with", object: change.to)
        case ModelFailed.type:
            guard let call = signal.payload(ModelFailed.self) else { return nil }
            let hint = call.hint.map { " \($0)" } ?? ""
            return FeedLine(who: call.agent, mark: "✗", spoken: "failed", what: call.reason + hint, object: call.model, tone: .bad)
        default: return nil
        }
    }

    private static func ofGates(_ signal: Signal) -> FeedLine? {
        switch signal.type {
        case QuestionAsked.type:
            guard let asked = signal.payload(QuestionAsked.self)?.question else { return nil }
            return FeedLine(who: asked.agent, mark: "?", spoken: "asks", what: asked.title)
        case QuestionAnswered.type:
            guard let answered = signal.payload(QuestionAnswered.self) else { return nil }
            let word =
                switch answered.answer {
                case .allow: "allowed"
                case .always: "allowed always"
                case .refuse: "refused"
                case .text(let text): "answered: \(text)"
                }
            if Questions.isWithdrawal(answered.by) {
                return FeedLine(who: answered.agent, mark: "?", spoken: "question", what: "taken back", tone: .quiet)
            }
            return FeedLine(
                who: answered.agent, mark: "?", spoken: "question", what: "\(word) by \(answered.by)",
                tone: answered.answer == .refuse ? .bad : .plain)
        case PermissionDecided.type:
            guard let decided = signal.payload(PermissionDecided.self), decided.verdict == .deny else { return nil }
            return FeedLine(
                who: decided.agent, mark: "✗", spoken: "refused", what: "refused by \(decided.rule) (\(decided.origin))",
                object: decided.access, tone: .bad, topic: .tools)
        case GrantChanged.type:
            guard let grant = signal.payload(GrantChanged.self) else { return nil }
            return FeedLine(
                who: grant.by, isAgent: false, mark: "⚖", spoken: "rule", what: grant.granted ? "allowed for this session:" : "took back:",
                object: grant.rule)
        case BudgetReached.type:
            guard let budget = signal.payload(BudgetReached.self) else { return nil }
            let spent = "\(Figures.dollars(budget.spentUSD)) of \(Figures.dollars(budget.limitUSD))"
            return FeedLine(
                who: budget.agent, mark: "$", spoken: "budget",
                what: "\(budget.refused ? "refused: the budget of the" : "near the budget of the") \(budget.level), \(spent)", tone: .bad)
        default: return nil
        }
    }

    private static func ofWorkspace(_ signal: Signal) -> FeedLine? {
        switch signal.type {
        case TaskChanged.type:
            guard let task = signal.payload(TaskChanged.self)?.task else { return nil }
            return FeedLine(
                who: task.assignee, mark: "▢", spoken: "task", what: "\(task.title): \(task.status.rawValue)",
                tone: task.status == .failed ? .bad : task.status == .done ? .good : .plain)
        case PluginReported.type:
            guard let report = signal.payload(PluginReported.self), report.status != "unchanged" else { return nil }
            return Self(report)
        case ConfigurationChanged.type:
            guard let change = signal.payload(ConfigurationChanged.self) else { return nil }
            return FeedLine(
                who: "loomkin", isAgent: false, mark: "⟳", spoken: "configuration", what: "from now on counts:",
                object: change.keys.joined(separator: ", "), topic: .reload)
        case Notice.type:
            guard let notice = signal.payload(Notice.self) else { return nil }
            return FeedLine(
                who: "loomkin", isAgent: false, mark: "!", spoken: notice.level, what: notice.text,
                tone: notice.level == "info" ? .quiet : .bad)
        case SessionStarted.type:
            guard let session = signal.payload(SessionStarted.self) else { return nil }
            return FeedLine(
                who: "loomkin", isAgent: false, mark: "▶", spoken: "session",
                what: "session \(session.resumed ? "resumed" : "started") (\(session.frontEnd))", tone: .quiet)
        case SessionFinished.type:
            guard let session = signal.payload(SessionFinished.self) else { return nil }
            return FeedLine(
                who: "loomkin", isAgent: false, mark: "■", spoken: "session", what: "session ended: \(Self.words(session.outcome))",
                tone: session.outcome == .done ? .good : .bad)
        default: return nil
        }
    }

    private init(_ report: PluginReported) {
        let generations =
            switch (report.from, report.to) {
            case (let from?, let to?) where from != to: "\(from) → \(to)"
            case (_, let to?): "\(to)"
            case (let from?, nil): "\(from)"
            case (nil, nil): ""
            }
        let isBad = report.status == "failed" || report.status == "quarantined"
        self.init(
            who: "plugins", isAgent: false, mark: "⟳", spoken: "plugin",
            what: "\(report.kind) \(report.plugin) \(report.status) \(generations)"
                + ((report.error ?? report.changes).map { ": \($0)" } ?? "") + Self.cache(report),
            outcome: Figures.span(milliseconds: Int(min(1e9, max(0, report.milliseconds)))), tone: isBad ? .bad : .plain, topic: .reload,
            href: PluginView.href(kind: report.kind, name: report.plugin))
    }

    private static func cache(_ report: PluginReported) -> String {
        let parts = [(report.cachedTokensKept, "kept"), (report.cachedTokensLost, "lost")].compactMap { tokens, word in
            tokens.flatMap { $0 > 0 ? "\(Figures.short($0)) cached tokens \(word)" : nil }
        }
        return parts.isEmpty ? "" : ", \(parts.joined(separator: ", "))"
    }

    private static func words(_ outcome: Outcome) -> String {
        switch outcome {
        case .done: "done"
        case .gaveUp: "gave up"
        case .limit: "hit a limit"
        case .refused: "refused"
        case .cancelled: "stopped by a person"
        case .failed: "failed"
        }
    }
}
