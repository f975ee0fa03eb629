import Synchronization

@testable import LoomKernel

/// A catalog of Swift values that a test can change as a save does: the kernel's tests need no Lua.
final class FakeCatalog: Catalog {
    private struct State {
        var tools: [String: any Tool] = [:]
        var roles: [String: Role] = [:]
        var prompts: [String: String] = [:]
        var hooks: [any Hook] = []
        var services: [any BackgroundService] = []
        var provider: FakeProvider
        var onPrompt: (@Sendable () async -> Void)?
    }

    private let state: Mutex<State>

    init(provider: FakeProvider, tools: [any Tool] = []) {
        let byName = Dictionary(tools.map { ($0.schema.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.state = Mutex(State(tools: byName, prompts: ["coder": "Work.", "lead": "Lead."], provider: provider))
        for role in ["coder", "lead"] { self.save(role: role, tools: tools.map(\.schema.name)) }
    }

    var tools: [any Tool] { self.state.withLock { $0.tools.values.sorted { $0.schema.name < $1.schema.name } } }
    private var provider: FakeProvider { self.state.withLock { $0.provider } }
    var providers: [any Provider] { [self.provider] }
    var plugins: [PluginSummary] { [] }
    var roles: [Role] { self.state.withLock { $0.roles.values.sorted { $0.name < $1.name } } }
    var hooks: [any Hook] { self.state.withLock { $0.hooks } }
    var backgroundServices: [any BackgroundService] { self.state.withLock { $0.services } }
    func tool(_ name: String) -> (any Tool)? { self.state.withLock { $0.tools[name] } }
    func provider(_ name: String) -> (any Provider)? { name == self.provider.name ? self.provider : nil }
    func role(_ name: String) -> Role? { self.state.withLock { $0.roles[name] } }

    func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt {
        await self.state.withLock { $0.onPrompt }?()
        guard let text = self.state.withLock({ $0.prompts[role.prompt] }) else {
            throw PromptError("there is no prompt \"\(role.prompt)\"")
        }
        return RenderedPrompt(
            "\(text) You are \(context.agent).\(context.rules.isEmpty ? "" : "\n\n")\(context.rules)",
            parts: [.init(name: role.prompt, bytes: text.utf8.count)], rules: context.rules.utf8.count)
    }

    // MARK: What a save does

    func install(hooks: [any Hook] = [], services: [any BackgroundService] = []) {
        self.state.withLock { ($0.hooks, $0.services) = (hooks, services) }
    }

    /// What happens while a prompt is rendered.
    func duringPrompts(_ body: (@Sendable () async -> Void)?) { self.state.withLock { $0.onPrompt = body } }

    func save(_ provider: FakeProvider) { self.state.withLock { $0.provider = provider } }
    func save(_ tool: any Tool) { self.state.withLock { $0.tools[tool.schema.name] = tool } }
    func save(prompt: String, _ text: String) { self.state.withLock { $0.prompts[prompt] = text } }

    func save(role: String, tools: [String]) {
        let role = Role(name: role, description: "", prompt: role, tools: tools, model: "default", maxTurns: nil, generation: 1)
        self.state.withLock { $0.roles[role.name] = role }
    }

    func delete(tool: String) { self.state.withLock { $0.tools[tool] = nil } }
    func delete(role: String) { self.state.withLock { $0.roles[role] = nil } }
    func delete(prompt: String) { self.state.withLock { $0.prompts[prompt] = nil } }
}
