package import LoomKernel
package import LoomSystem

/// What the page needs of a workspace: to see it, follow it and give it commands. `Workspace` is the one in use.
package protocol PageWorkspace: Sendable {
    nonisolated var bus: SignalBus { get }
    nonisolated var catalog: any Catalog { get }
    func snapshot() async -> Snapshot
    func costs(by group: CostReport.Group) async throws(CommandError) -> CostReport
    func health() async -> WorkspaceHealth
    func history(after sequence: Int64, limit: Int) async throws(CommandError) -> [Signal]
    func latest(_ count: Int) async throws(CommandError) -> [Signal]
    func transcript(of agent: String) async throws(CommandError) -> [TranscriptEntry]
    func toolOutput(_ call: String) async -> (started: ToolStarted, finished: ToolFinished?)?

    func send(_ text: String, to agent: String?, by source: String, urgent: Bool) async throws(CommandError) -> InboxItem
    func pause(_ agent: String?) async throws(CommandError)
    func resume(_ agent: String?) async throws(CommandError)
    func stop(_ agent: String?, by source: String) async throws(CommandError)
    /// What is to be done before the model can be asked; nil when nothing is.
    func setModel(_ model: String, for agent: String?) async throws(CommandError) -> String?
    func rollback(plugin: String, to generation: Int?, by source: String) async throws(CommandError) -> PluginRollback
    func reload(plugin: String?) async throws(CommandError) -> [PluginReported]
    func reload(plugin: String?, now: Bool) async throws(CommandError) -> String
    /// Nil when there is no such plugin.
    func story(kind: String, plugin: String) async -> PluginStory?
    func deletedPlugins() async -> [PluginSummary]
    func lastReports() async -> [PluginReported]
    func answer(_ question: ID, _ answer: Answer, by source: String) async throws(CommandError)

    func run(command name: String, _ text: String) async throws(CommandError) -> String
    func complete(command name: String, _ word: String) async -> [String]
    /// Nil when there is no such panel.
    func draw(panel name: String) async throws(CommandError) -> JSON?
}

extension Workspace: PageWorkspace {}
