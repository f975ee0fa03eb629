import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

/// A workspace in memory, and hosts of tool calls in it.
struct TestWorkspace {
    let workspace: Workspace
    let files = MemoryFileSystem()
    private let agent: Agent
    private let roster: Roster

    let clock: ManualClock

    init(
        permissions: TrustPreset = .full, rules: [PermissionRule] = [], processes: any ProcessRunner = ScriptedProcessRunner(),
        http: any HTTPClient = ScriptedHTTPClient { (_) throws(HTTPError) in throw HTTPError(.cannotConnect, host: "nowhere") },
        environment: [String: String] = [:], reply: (@Sendable (ModelCall) -> [ModelEvent])? = nil
    ) async throws {
        try files.makeDirectory("/p")
        var configuration = Configuration()
        configuration.models["default"] = "scripted:x"
        configuration.permissions = permissions
        configuration.rules = rules
        var options = WorkspaceOptions(
            directory: "/p", configuration: LiveConfiguration(configuration), frontEnd: "test", isInteractive: true, seal: UserSeal(key: [])
        )
        options.isEphemeral = true
        clock = ManualClock()
        let ports = Ports(
            clock: clock, random: SeededRandom(seed: 5), files: files, processes: processes, http: http, environment: environment)
        workspace = try await Workspace.open(options, ports: ports, bus: Workspace.makeBus(ports), catalog: LeadCatalog(reply: reply))
        roster = await workspace.roster
        _ = try await workspace.spawn(role: "coder", name: "ada", model: nil, by: "user/test")
        agent = Agent(
            identity: try await roster.identity("ada"), model: ModelName(provider: "scripted", model: "x"), limit: 10,
            services: workspace.services, roster: roster)
    }

    func host(_ tool: String, call: String = "c1") -> ToolHost {
        ToolHost(
            agent: agent.identity, call: call, tool: tool,
            authority: CallAuthority(agent.identity, workspace.services, call: call, tool: tool), roster: roster)
    }
}

/// Just enough for a workspace to open.
private struct LeadCatalog: Catalog {
    let tools: [any Tool] = []
    let plugins: [PluginSummary] = []
    let reply: (@Sendable (ModelCall) -> [ModelEvent])?
    var providers: [any Provider] { [SilentProvider(reply: reply)] }
    let roles = ["coder", "lead"].map {
        Role(name: $0, description: "", prompt: $0, tools: [], model: "default", maxTurns: nil, generation: 1)
    }
    func tool(_ name: String) -> (any Tool)? { nil }
    func provider(_ name: String) -> (any Provider)? { name == "scripted" ? SilentProvider(reply: reply) : nil }
    func role(_ name: String) -> Role? { roles.first { $0.name == name } }
    func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt { RenderedPrompt("") }
}

private struct SilentProvider: Provider {
    let reply: (@Sendable (ModelCall) -> [ModelEvent])?
    let name = "scripted"
    let generation = 1
    let defaultModel: String? = "x"
    func missing() async -> String? { nil }
    func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error> {
        guard let events = reply?(call) else { return AsyncThrowingStream { nil } }
        return AsyncThrowingStream { continuation in
            for event in events { continuation.yield(event) }
            continuation.finish()
        }
    }
}

extension LuaTool {
    /// As an agent's call runs: arguments checked, then run.
    func use(_ arguments: JSON, _ workspace: TestWorkspace) async throws(ToolError) -> ToolResult {
        try await run(try validate(arguments), workspace.host(schema.name))
    }
}
