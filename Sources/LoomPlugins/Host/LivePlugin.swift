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
