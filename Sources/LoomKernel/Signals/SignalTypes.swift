/// Every declared kind of signal, for whoever lists or documents them.
package enum SignalTypes {
    package static let all: [any SignalPayload.Type] = [
        SessionStarted.self, SessionHalted.self, SessionFinished.self, AgentSpawned.self, AgentStateChanged.self, AgentFinished.self,
        AgentRestarted.self, AgentStopped.self, AgentTextDelta.self, AgentSaid.self, UserSaid.self, InboxQueued.self, InboxRead.self,
        ModelStarted.self,
        ModelRetrying.self, ModelHeld.self, ModelReplaced.self, ModelFinished.self, ModelFailed.self, ToolStarted.self, ToolProgress.self,
        ToolFinished.self,
        FileChanged.self, QuestionAsked.self, QuestionAnswered.self, PermissionDecided.self, GrantChanged.self, TaskChanged.self,
        BudgetReached.self, PluginReported.self, PluginRolledBack.self, PluginLogged.self, PluginFailed.self, ConfigurationChanged.self,
        Notice.self,
    ]

    /// `agent.finished` and the others, sorted.
    package static var names: [String] { all.map { $0.type }.sorted() }

    private static let known = Set(names)

    /// Whether a plugin made this type up: `NAME.word`.
    package static func isOfPlugin(_ type: String) -> Bool { !self.known.contains(type) }
}
