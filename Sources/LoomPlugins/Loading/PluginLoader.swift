import LoomKernel
import LoomLua

/// Makes plugins of files. It changes nothing: what it makes is used or thrown away.
enum PluginLoader {
    static func load(_ order: LoadOrder) async -> Result<LivePlugin, PluginFault> {
        do throws(PluginFault) {
            return .success(try await plugin(order))
        } catch {
            return .failure(error)
        }
    }

    private static func plugin(_ order: LoadOrder) async throws(PluginFault) -> LivePlugin {
        let file = order.file
        if file.key.kind == .prompt {
            if let problem = file.problem { throw PluginFault(path: file.displayPath, line: nil, cause: problem) }
            let template = try PromptTemplate(file.text, path: file.displayPath)
            try await PromptLibrary.check(template, path: file.displayPath)
            return LivePlugin(
                file: file, number: order.number, content: .prompt(template), generation: nil, modules: nil, tally: order.tally)
        }
        if file.key.kind == .skill {
            return LivePlugin(
                file: file, number: order.number, content: .skill(try Skill(file, generation: order.number)), generation: nil, modules: nil,
                tally: order.tally)
        }
        let (generation, value) = try await Generation.load(order)
        let content: LivePlugin.Content
        switch file.key.kind {
        case .tool:
            content = .tool(LuaTool(try ToolDefinition(try PluginTable(value, of: file)), generation: generation))
        case .provider:
            let definition = try ProviderDefinition(try PluginTable(value, of: file))
            content = .provider(
                LuaProvider(definition: definition, generation: generation))
        case .hook:
            content = .hook(LuaHook(try HookDefinition(try PluginTable(value, of: file)), generation: generation))
        case .command:
            content = .command(LuaCommand(try CommandDefinition(try PluginTable(value, of: file)), generation: generation))
        case .panel:
            content = .panel(LuaPanel(try PanelDefinition(try PluginTable(value, of: file)), generation: generation))
        case .service:
            content = .service(LuaService(try ServiceDefinition(try PluginTable(value, of: file)), generation: generation))
        case .role:
            content = .role(try Role(try PluginTable(value, of: file), name: file.key.name, generation: order.number))
        case .scenario:
            try checkScenario(value, of: file)
            content = .module
        case .library, .prompt, .skill:
            content = .module
        }
        return LivePlugin(
            file: file, number: order.number, content: content, generation: file.key.kind.hasGenerations ? generation : nil,
            modules: generation.modules,
            tally: order.tally)
    }

    private static func checkScenario(_ value: LuaValue, of file: PluginFile) throws(PluginFault) {
        guard let table = value.table, !table["roles"].isNil || !table["agents"].isNil else {
            throw PluginFault(
                path: file.displayPath, line: FieldLines(file.text).line(of: []), cause: "a scenario returns a table with roles or agents")
        }
    }
}
