import LoomKernel
import LoomSystem

/// A catalog of one role, one provider and what tools it is given: the kernel is measured without plugins.
final class BenchCatalog: Catalog {
    let tools: [any Tool]
    let roles: [Role]
    private let provider: BenchProvider

    init(tools: [any Tool] = [], replies: @escaping @Sendable (ModelCall) -> [ModelEvent] = { _ in [.stop(.end)] }) {
        self.tools = tools
        self.provider = BenchProvider(replies: replies)
        self.roles = [
            Role(
                name: "coder", description: "", prompt: "coder", tools: tools.map(\.schema.name), model: "default", maxTurns: 100_000,
                generation: 1)
        ]
    }

    var providers: [any Provider] { [self.provider] }
    var plugins: [PluginSummary] { [] }
    func tool(_ name: String) -> (any Tool)? { self.tools.first { $0.schema.name == name } }
    func provider(_ name: String) -> (any Provider)? { name == self.provider.name ? self.provider : nil }
    func role(_ name: String) -> Role? { self.roles.first { $0.name == name } }
    func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt {
        RenderedPrompt("You are \(context.agent).")
    }
}

/// Answers at once.
struct BenchProvider: Provider {
    let name = "bench"
    let generation = 1
    let defaultModel: String? = "m"
    let replies: @Sendable (ModelCall) -> [ModelEvent]

    func missing() async -> String? { nil }

    func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error> {
        AsyncThrowingStream { continuation in
            for event in self.replies(call) { continuation.yield(event) }
            continuation.finish()
        }
    }
}

/// A workspace in a folder of its own.
struct Stage {
    let folder: Folder
    let workspace: Workspace

    /// - Parameter isKept: rows in SQLite on disk; else in SQLite in memory, the nearest the kernel has to no storage.
    static func open(isKept: Bool, catalog: any Catalog = BenchCatalog()) async throws -> Stage {
        let folder = try Folder()
        var configuration = Configuration()
        configuration.models["default"] = "bench:m"
        configuration.permissions = .full
        configuration.maxAgents = 1_000_000
        var options = WorkspaceOptions(
            directory: folder.path, configuration: LiveConfiguration(configuration), frontEnd: "bench", isInteractive: false,
            seal: UserSeal(key: []))
        options.leadRole = "coder"
        options.isEphemeral = !isKept
        let ports = Ports()
        let workspace = try await Workspace.open(options, ports: ports, bus: Workspace.makeBus(ports), catalog: catalog)
        return Stage(folder: folder, workspace: workspace)
    }

    func close() async {
        await self.workspace.close()
        self.folder.remove()
    }
}

/// A new folder on the disk: `/tmp` may be memory.
struct Folder {
    let path: String

    init() throws {
        self.path = "/var/tmp/loomkin-bench-\(Hash.token(bytes: 6))"
        try LiveFileSystem().makeDirectory(self.path)
    }

    func remove() { try? LiveFileSystem().remove(self.path, recursively: true) }
}
