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

    init(_ catalog: any Catalog = PluginCatalog(), permissions: TrustPreset = .full) async throws {
        try files.makeDirectory("/p")
        var configuration = Configuration()
        configuration.models["default"] = "scripted:x"
        configuration.permissions = permissions
        var options = WorkspaceOptions(directory: "/p", configuration: configuration, frontEnd: "test", isInteractive: true)
        options.isEphemeral = true
        let clock = ManualClock()
        let ports = Ports(
            clock: clock, random: SeededRandom(seed: 5), files: files, processes: ScriptedProcessRunner(), environment: [:])
        workspace = try await Workspace.open(options, ports: ports, bus: Workspace.makeBus(ports), catalog: catalog)
        roster = await workspace.roster
        let identity = AgentIdentity(id: workspace.services.identifiers.next(), name: "ada", role: "coder", team: "core")
        agent = Agent(
            identity: identity, model: ModelName(provider: "scripted", model: "x"), limit: 10, services: workspace.services, roster: roster)
    }

    func host(_ tool: String, call: String = "c1") -> ToolHost {
        ToolHost(
            agent: agent.identity, call: call, tool: tool, authority: CallAuthority(agent: agent, call: call, tool: tool), roster: roster)
    }
}

extension LuaTool {
    /// As an agent's call runs: arguments checked, then run.
    func use(_ arguments: JSON, _ workspace: TestWorkspace) async throws(ToolError) -> ToolResult {
        try await run(try validate(arguments), workspace.host(schema.name))
    }
}
