package import LoomSystem

/// Hands out the current generation of every plugin. The kernel knows nothing of how they are written.
/// Look-ups are synchronous and never block: a snapshot is swapped whole at each reload.
package protocol Catalog: Sendable {
    /// By name, sorted, so that the bytes of a tool list are stable.
    var tools: [any Tool] { get }
    var providers: [any Provider] { get }
    var roles: [Role] { get }
    /// These five by name, sorted.
    var skills: [Skill] { get }
    var hooks: [any Hook] { get }
    var commands: [any PluginCommand] { get }
    var panels: [any Panel] { get }
    var backgroundServices: [any BackgroundService] { get }
    func tool(_ name: String) -> (any Tool)?
    func provider(_ name: String) -> (any Provider)?
    func role(_ name: String) -> Role?
    /// The role's prompt with everything it includes, for this agent.
    func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt
    /// Any prompt by its name, with values of its own besides what every prompt sees.
    func prompt(named name: String, _ context: PromptContext, values: JSON) async throws(PromptError) -> String
    /// What `plugin list` and the page show.
    var plugins: [PluginSummary] { get }
}

/// A catalog without plugins of a kind need not say so.
extension Catalog {
    package var skills: [Skill] { [] }
    package var hooks: [any Hook] { [] }
    package var commands: [any PluginCommand] { [] }
    package var panels: [any Panel] { [] }
    package var backgroundServices: [any BackgroundService] { [] }
    package func prompt(named name: String, _ context: PromptContext, values: JSON) async throws(PromptError) -> String {
        throw PromptError("There is no prompt «\(name)».")
    }
}

/// A source of model replies.
package protocol Provider: Sendable {
    var name: String { get }
    var generation: Int { get }
    /// Nil when it can be used, or one sentence that says what is missing ("set ANTHROPIC_API_KEY").
    func missing() async -> String?
    /// Names of the environment variables that hold its keys.
    var secretVariables: [String] { get }
    /// Where its key comes from; nil for one that wants none.
    var keyOrigin: KeyOrigin? { get }
    /// A model of this provider to use when none is named.
    var defaultModel: String? { get }
    /// Its name for people, and what it speaks; nil where nobody says.
    var vendor: String? { get }
    var dialect: String? { get }
    /// It runs on this machine and wants no key.
    var isLocal: Bool { get }
    /// Asks its server for the models that can be used; nil where there is no such list.
    func models() async throws(ModelFailure) -> [ModelFacts]?
    /// Streams one attempt. Throws `ModelFailure`; a stream that ends without `stop` was cut.
    func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error>
}

extension Provider {
    package var secretVariables: [String] { [] }
    package var keyOrigin: KeyOrigin? { nil }
    package var vendor: String? { nil }
    package var dialect: String? { nil }
    package var isLocal: Bool { false }
    package func models() async throws(ModelFailure) -> [ModelFacts]? { nil }
}

/// Who an agent is: prompt, tools, model tier and limits.
package struct Role: Sendable, Hashable, Codable {
    package let name: String
    package let description: String
    /// Name of the prompt file.
    package let prompt: String
    /// Names of the tools it may use.
    package var tools: [String]
    /// A tier (`fast`, `default`, `strong`) or `provider:model`.
    package let model: String
    /// Model calls in one turn before the turn ends with `limit`; nil for the configuration's.
    package let maxTurns: Int?
    /// The model that carries out what `model` planned in a turn's first reply, as a tier or a name; nil for the same.
    package let editModel: String?
    /// How its model is asked; nil for the vendor's defaults.
    package let settings: ModelSettings?
    package let generation: Int

    package init(
        name: String, description: String, prompt: String, tools: [String], model: String, maxTurns: Int?, editModel: String? = nil,
        settings: ModelSettings? = nil, generation: Int
    ) {
        self.name = name
        self.description = description
        self.prompt = prompt
        self.tools = tools
        self.model = model
        self.maxTurns = maxTurns
        self.editModel = editModel
        self.settings = settings
        self.generation = generation
    }
}

/// What a prompt's expressions can see. Only what stays the same during an agent's life, or the cache prefix would break.
package struct PromptContext: Sendable, Hashable {
    package let agent: String
    package let role: String
    package let team: String
    package let project: String
    /// Text of the project's own rules (LOOMKIN.md, AGENTS.md), or empty.
    package let rules: String

    package init(agent: String, role: String, team: String, project: String, rules: String) {
        self.agent = agent
        self.role = role
        self.team = team
        self.project = project
        self.rules = rules
    }
}

package struct PromptError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A generation that was replaced and is not closed yet.
package struct OpenGeneration: Sendable, Hashable, Codable {
    package let generation: Int
    package let running: Int

    package init(generation: Int, running: Int) {
        self.generation = generation
        self.running = running
    }
}

/// One plugin as people see it.
package struct PluginSummary: Sendable, Hashable, Codable {
    package let name: String
    /// `tool`, `provider`, `role`, `prompt`.
    package let kind: String
    /// `bundled`, `user` or `project`.
    package let root: String
    /// The file, relative to its root.
    package let path: String
    package let generation: Int
    /// Roots whose plugin of the same name this one stands in front of.
    package let shadows: [String]
    /// `live`, `failed` (an older generation goes on), `broken` (nothing to go on with), `held` (changed
    /// since it was trusted; what was trusted goes on), `waiting` (it is loaded as soon as the prompt stands), `quarantined` (too many faults: it is not called). One that the catalog no
    /// longer has is `deleted`.
    package var status: String
    package var error: String?
    package var calls: Int
    package var running: Int
    /// How many of its texts are kept for a rollback.
    package let versions: Int
    /// Generations before this one in which calls still run, or which somebody still holds; the oldest first.
    package var older: [OpenGeneration] = []
    /// What the last load or reload of it came to.
    package var report: PluginReported?

    package init(
        name: String, kind: String, root: String, path: String, generation: Int, shadows: [String], status: String, error: String? = nil,
        calls: Int, running: Int, versions: Int = 0
    ) {
        self.name = name
        self.kind = kind
        self.root = root
        self.path = path
        self.generation = generation
        self.shadows = shadows
        self.status = status
        self.error = error
        self.calls = calls
        self.running = running
        self.versions = versions
    }
}
