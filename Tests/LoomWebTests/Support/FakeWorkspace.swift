import LoomSystem
import LoomWeb

@testable import LoomKernel

/// A workspace of plain values: a log, a snapshot, and a list of the commands that came.
actor FakeWorkspace: PageWorkspace {
    nonisolated let bus: SignalBus
    nonisolated let catalog: any Catalog
    nonisolated let clock: any WallClock
    private(set) var state: Snapshot
    private(set) var log: [Signal] = []
    private(set) var commands: [String] = []
    private let identifiers: IDGenerator
    private var transcripts: [String: [TranscriptEntry]] = [:]
    private var outputs: [String: (started: ToolStarted, finished: ToolFinished?)] = [:]
    private var refusal: CommandError?
    private var reports: [PluginReported] = []
    private var stories: [String: PluginStory] = [:]

    init(
        clock: any WallClock = ManualClock(), plugins: [PluginSummary] = [], commands: [FakeCommand] = [], panels: [FakePanel] = []
    ) {
        let identifiers = IDGenerator(clock: clock, random: SeededRandom(seed: 7))
        self.clock = clock
        self.identifiers = identifiers
        self.bus = SignalBus(clock: clock, identifiers: identifiers)
        self.catalog = FakeCatalog(plugins: plugins, fakeCommands: commands, fakePanels: panels)
        self.state = Snapshot(
            sequence: 0, workspace: "acme", directory: "/home/someone/acme", session: "s1", agents: [], questions: [], tasks: [],
            usage: Usage(), costUSD: 0, unpricedCalls: 0, budgetUSD: nil, permissions: "ask", grants: [], model: nil)
    }

    // MARK: For tests

    func change(_ body: @Sendable (inout Snapshot) -> Void) { body(&self.state) }

    func refuse(_ sentence: String?) { self.refusal = sentence.map { CommandError($0) } }

    func add(_ entry: TranscriptEntry, to agent: String) { self.transcripts[agent, default: []].append(entry) }

    func add(_ report: PluginReported) { self.reports.append(report) }

    func add(_ story: PluginStory, of plugin: String) { self.stories[plugin] = story }

    func add(_ started: ToolStarted, _ finished: ToolFinished?) { self.outputs[started.call] = (started, finished) }

    nonisolated func makeID() -> ID { self.identifiers.next() }

    /// Puts a signal into the log and on the bus, as the store does.
    @discardableResult
    func emit<P: SignalPayload>(_ payload: P, source: String = "kernel") throws -> Int64 {
        let sequence = P.isKept ? Int64(self.log.count + 1) : 0
        let signal = Signal(
            sequence: sequence, id: self.identifiers.next(), type: P.type, source: source, subject: nil, team: nil, cause: nil,
            time: self.clock.now, data: try JSON(encoding: payload))
        if P.isKept {
            self.log.append(signal)
            self.state.sequence = sequence
        }
        _ = self.bus.deliver([signal])
        return sequence
    }

    // MARK: PageWorkspace

    func snapshot() -> Snapshot { self.state }

    func costs(by group: CostReport.Group) -> CostReport {
        CostReport(
            by: group,
            rows: [.init(name: "ada <b>", calls: 2, usage: Usage(input: 30, output: 9, cacheRead: 70), costUSD: 0.5, unpriced: 1)])
    }

    func health() -> WorkspaceHealth {
        WorkspaceHealth(
            rssBytes: 1, descriptors: 2, threads: 3, subscriptions: 4, agents: 5,
            plugins: PluginCounts(live: 6, generations: 7, owned: 8, running: 9, quarantined: 0))
    }

    func history(after sequence: Int64, limit: Int) throws(CommandError) -> [Signal] {
        Array(self.log.dropFirst(Int(clamping: sequence)).prefix(limit))
    }

    func latest(_ count: Int) throws(CommandError) -> [Signal] { self.log.suffix(count) }

    func transcript(of agent: String) throws(CommandError) -> [TranscriptEntry] { self.transcripts[agent] ?? [] }

    func toolOutput(_ call: String) -> (started: ToolStarted, finished: ToolFinished?)? { self.outputs[call] }

    func send(_ text: String, to agent: String?, by source: String, urgent: Bool) throws(CommandError) -> InboxItem {
        try self.record("send \(agent ?? "lead") \(urgent ? "urgent " : "")\(text) by \(source)")
        return InboxItem(
            id: self.identifiers.next(), from: source, to: agent ?? "lead", kind: .user, priority: urgent ? .urgent : .normal,
            text: text, time: self.clock.now, cause: nil)
    }

    func pause(_ agent: String?) throws(CommandError) { try self.record("pause \(agent ?? "all")") }
    func resume(_ agent: String?) throws(CommandError) { try self.record("resume \(agent ?? "all")") }
    func stop(_ agent: String?, by source: String) throws(CommandError) { try self.record("stop \(agent ?? "all") by \(source)") }
    func setModel(_ model: String, for agent: String?) throws(CommandError) -> String? {
        try self.record("model \(agent ?? "all") \(model)")
        return model.hasPrefix("locked:") ? "set LOCKED_KEY" : nil
    }

    func rollback(plugin: String, to generation: Int?, by source: String) throws(CommandError) -> PluginRollback {
        try self.record("rollback \(plugin) to \(generation.map(String.init) ?? "the last") by \(source)")
        let parts = plugin.split(separator: "/").map(String.init)
        return PluginRollback(
            plugin: parts.last ?? "", kind: parts.first ?? "", restored: generation ?? 1, path: "/p/x.lua", kept: 2, live: 3, error: nil)
    }

    func reload(plugin: String?) throws(CommandError) -> [PluginReported] {
        try self.record("reload \(plugin ?? "all")")
        return []
    }

    func story(kind: String, plugin: String) -> PluginStory? { self.stories["\(kind)/\(plugin)"] }

    func deletedPlugins() -> [PluginSummary] { self.stories.values.compactMap(\.deleted) }

    func lastReports() -> [PluginReported] { self.reports }

    func reload(plugin: String?, now: Bool) throws(CommandError) -> String {
        try self.record("reload \(plugin ?? "all")\(now ? " now" : "")")
        return "Everything is as its file says."
    }

    func answer(_ question: ID, _ answer: Answer, by source: String) throws(CommandError) {
        try self.record("answer \(answer) by \(source)")
        self.state.questions.removeAll { $0.id == question }
    }

    func run(command name: String, _ text: String) throws(CommandError) -> String {
        try self.record("run \(name) «\(text)»")
        return "<b>\(name)</b> says \(text)"
    }

    func complete(command name: String, _ word: String) -> [String] { ["\(word)da", "\(word)lle"] }

    func draw(panel name: String) throws(CommandError) -> JSON? {
        guard let panel = self.catalog.panels.first(where: { $0.name == name }) as? FakePanel else { return nil }
        do { return try panel.content.get() } catch { throw CommandError(error.message) }
    }

    private func record(_ command: String) throws(CommandError) {
        if let refusal { throw refusal }
        self.commands.append(command)
    }
}

struct FakeCommand: PluginCommand {
    var name = "standup"
    let generation = 2
    var usage = "/standup [AGENT]"
    var summary = "who does what"
    func complete(_ word: String, _ session: JSON) async -> [String] { [] }
    func run(_ text: String, _ session: JSON, _ host: ToolHost) async throws(ToolError) -> String { "" }
}

struct FakePanel: Panel {
    var name = "tally"
    let generation = 3
    var title = "Tally"
    var refreshOn = ["**/tool.finished"]
    var content: Result<JSON, ToolError> = .success("nothing yet")
    func render(_ snapshot: JSON) async throws(ToolError) -> JSON { try self.content.get() }
}

/// A catalog that knows plugins by their summaries, and has commands and panels.
struct FakeCatalog: Catalog {
    let plugins: [PluginSummary]
    let fakeCommands: [FakeCommand]
    let fakePanels: [FakePanel]
    var commands: [any PluginCommand] { self.fakeCommands }
    var panels: [any Panel] { self.fakePanels }
    var tools: [any Tool] { [] }
    var providers: [any Provider] { [] }
    var roles: [Role] { [] }
    func tool(_ name: String) -> (any Tool)? { nil }
    func provider(_ name: String) -> (any Provider)? { nil }
    func role(_ name: String) -> Role? { nil }
    func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt { RenderedPrompt("") }
}
