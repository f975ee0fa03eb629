import LoomKernel

extension LineRenderer {
    /// Nil when the signal is about something else.
    mutating func workLines(_ signal: Signal) -> [String]? {
        switch signal.type {
        case ToolStarted.type:
            if let started = signal.payload(ToolStarted.self) { self.calls[Self.key(started.agent, started.call)] = started }
            return []
        case ToolFinished.type: return signal.payload(ToolFinished.self).map { self.finished($0) }
        case FileChanged.type: return signal.payload(FileChanged.self).map { self.changed($0) }
        case PermissionDecided.type:
            if let decided = signal.payload(PermissionDecided.self), decided.verdict == .deny {
                self.denials[Self.key(decided.agent, decided.call)] = decided
            }
            return []
        case GrantChanged.type:
            return signal.payload(GrantChanged.self).map { change in
                let rule = "\(self.marks.open)\(change.rule)\(self.marks.close)"
                return self.event(
                    "rules",
                    change.granted ? "\(rule) allowed for this session by \(change.by.who)" : "\(rule) taken back by \(change.by.who)")
            }
        case TaskChanged.type: return signal.payload(TaskChanged.self).map { self.changed($0) }
        case BudgetReached.type: return signal.payload(BudgetReached.self).map { self.reached($0) }
        case PluginReported.type: return signal.payload(PluginReported.self).map { self.reported($0) }
        case ConfigurationChanged.type:
            return signal.payload(ConfigurationChanged.self).map { change in
                self.event("settings", "\(change.keys.joined(separator: ", ")) as saved, from now on")
            }
        case Notice.type: return signal.payload(Notice.self).map { self.noticed($0) }
        default: return self.pluginLines(signal)
        }
    }

    /// A call that takes long enough to wonder about; nothing when it has ended.
    package mutating func stillRunning(_ agent: String, _ call: String) -> [String] {
        guard let started = self.calls[Self.key(agent, call)] else { return [] }
        self.speaker = nil
        return self.event(started.agent, self.tool(started.tool, started.summary), right: "runs\(self.marks.ellipsis)", rightHue: .dim)
    }

    private func tool(_ name: String, _ summary: String) -> String {
        summary.isEmpty ? "\(self.marks.tool) \(name)" : "\(self.marks.tool) \(name)  \(summary)"
    }

    private mutating func finished(_ call: ToolFinished) -> [String] {
        let key = Self.key(call.agent, call.call)
        self.calls[key] = nil
        self.turn.tools += 1
        let isTold = self.told.remove(key) != nil
        let denial = self.denials.removeValue(forKey: key)
        let time = Figures.time(milliseconds: call.milliseconds)
        if call.status == .ok {
            // What it did was the line.
            if isTold { return [] }
            return self.event(call.agent, self.tool(call.tool, call.summary), right: "\(self.marks.success)  \(time)", rightHue: .dim)
        }
        let word = call.status == .error ? "" : " \(call.status.words)"
        let lines = self.event(
            call.agent, self.tool(call.tool, call.summary), right: "\(self.marks.failure)\(word)  \(time)", rightHue: .red)
        let reason = denial.map { Self.reason($0, of: call) } ?? Self.firstLine(call.text)
        guard !reason.isEmpty else { return lines }
        // One line is enough to see why; `/show` has the rest.
        let text = self.layout.textWidth.map { reason.shown.fitted(to: min($0, 90), mark: self.marks.ellipsis) } ?? reason.shown
        return lines + [self.layout.indent + self.layout.paint(text, .red)]
    }

    /// Who refused: a rule alone, or a person whom a rule asked. And what, where the line of the call does not say it.
    private static func reason(_ denial: PermissionDecided, of call: ToolFinished) -> String {
        let by = denial.by == "rule" ? "rule \(denial.rule) (\(denial.origin))" : "refused by \(denial.by.who)"
        return call.summary.isEmpty ? "\(denial.access): \(by)" : by
    }

    /// Some servers number calls for each agent anew.
    static func key(_ agent: String, _ call: String) -> String { "\(agent)/\(call)" }

    static func firstLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).lazy.map(String.init).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
    }

    private mutating func changed(_ change: FileChanged) -> [String] {
        self.told.insert(Self.key(change.agent, change.call))
        return self.event(
            change.agent, "\(self.marks.file) \(change.path)", right: "+\(change.added) \(self.marks.minus)\(change.removed)")
    }

    private mutating func changed(_ change: TaskChanged) -> [String] {
        let task = change.task
        if let call = change.call { self.told.insert(Self.key(change.by.who, call)) }
        switch task.status {
        case .assigned: return self.event(task.creator, "\(self.marks.arrow) \(task.assignee)  task \(task.id): \(task.title)")
        case .active: return []
        case .done: return self.event(task.assignee, "\(self.marks.success) task \(task.id): \(Self.firstLine(task.result))")
        case .failed: return self.failure(task.assignee, "task \(task.id) failed: \(Self.firstLine(task.result))")
        case .cancelled: return self.event(task.assignee, "task \(task.id) cancelled by \(change.by.who)")
        }
    }

    private mutating func reached(_ budget: BudgetReached) -> [String] {
        let spent = "\(dollars(budget.spentUSD)) of \(dollars(budget.limitUSD)) spent (\(budget.level))"
        if budget.refused { return self.failure("budget", "no more model calls for \(budget.agent): \(spent)") }
        return self.event("budget", spent)
    }

    private mutating func reported(_ plugin: PluginReported) -> [String] {
        let time = Figures.time(milliseconds: Int(plugin.milliseconds.rounded()))
        switch plugin.status {
        case "unchanged": return []
        case "failed", "quarantined":
            return self.failure("plugins", "\(plugin.plugin) \(plugin.status): \(plugin.error ?? "no reason given")")
        case "removed": return self.event("plugins", "\(plugin.plugin) removed")
        default:
            let from = plugin.from.map { "\($0) \(self.marks.arrow) " } ?? ""
            let changes = plugin.changes.map { "  \($0)" } ?? ""
            let lost = plugin.cachedTokensLost ?? 0
            let cost = lost > 0 ? "  \(Figures.tokens(lost)) cached tokens lost" : ""
            return self.event(
                "plugins", "\(plugin.plugin) \(from)\(plugin.to.map(String.init) ?? plugin.status)\(changes)\(cost)", right: time,
                rightHue: .dim)
        }
    }

    private mutating func noticed(_ notice: Notice) -> [String] {
        notice.level == "error" ? self.failure("loomkin", notice.text) : self.event("loomkin", notice.text)
    }
}

extension ToolResult.Status {
    /// As people say it.
    var words: String {
        switch self {
        case .ok: "ok"
        case .error: "error"
        case .denied: "refused"
        case .timedOut: "timed out"
        case .cancelled: "stopped"
        case .interrupted: "interrupted"
        }
    }
}
