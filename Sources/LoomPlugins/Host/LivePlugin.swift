import LoomKernel

/// A plugin in use: its file, and what came of it.
struct LivePlugin: Sendable {
    enum Content: Sendable {
        case tool(LuaTool)
        case provider(LuaProvider)
        case role(Role)
        case prompt(PromptTemplate)
        case hook(LuaHook)
        case command(LuaCommand)
        case panel(LuaPanel)
        case service(LuaService)
        case skill(Skill)
        /// A library or scenario: it was tried, and is run again in each plugin that requires it.
        case module

        /// Whether its Lua state is used after it was loaded.
        var isCalled: Bool {
            switch self {
            case .tool, .provider, .hook, .command, .panel, .service: true
            case .role, .prompt, .skill, .module: false
            }
        }
    }

    let file: PluginFile
    let number: Int
    let content: Content
    /// The Lua state that what is called lives in.
    let generation: Generation?
    /// What its code requires; nil for a prompt and a skill.
    let modules: ModuleScope?
    let tally: CallTally

    var key: PluginKey { file.key }

    /// The modules its code has required so far.
    var requirements: Set<PluginKey> { modules?.required ?? [] }
}
