import LoomKernel

/// Checks the names that plugins use of each other: a tool its roles, a role its tools and prompt, a prompt those it includes;
/// and that no command has the name of a built-in one.
struct NameCheck {
    private let live: [PluginKey: LivePlugin]
    /// A name counts as known when there is a file for it: that one file is broken does not make the others wrong.
    private let names: [PluginKind: Set<String>]

    init(live: [PluginKey: LivePlugin], files: PluginFiles) {
        self.live = live
        self.names = Dictionary(grouping: files.layers.keys, by: \.kind).mapValues { Set($0.map(\.name)) }
    }

    func faults() -> [PluginKey: PluginFault] {
        var faults: [PluginKey: PluginFault] = [:]
        for (key, plugin) in live {
            switch plugin.content {
            case .role(let role): faults[key] = fault(of: role, in: plugin.file)
            case .prompt(let template): faults[key] = fault(of: template, in: plugin.file)
            case .tool(let tool): faults[key] = fault(of: tool, in: plugin.file)
            case .command: faults[key] = fault(ofCommandIn: plugin.file)
            case .provider, .hook, .panel, .service, .skill, .module: break
            }
        }
        return faults
    }

    private func fault(ofCommandIn file: PluginFile) -> PluginFault? {
        guard BuiltInCommands.names.contains(file.key.name) else { return nil }
        return PluginFault(
            path: file.displayPath, line: nil, cause: "/\(file.key.name) is a command of loomkin's own; give the file another name")
    }

    private func fault(of tool: any Tool, in file: PluginFile) -> PluginFault? {
        let roles = names[.role, default: []]
        guard let unknown = (tool as? LuaTool)?.definition.roles?.first(where: { !roles.contains($0) }) else { return nil }
        return PluginFault(
            path: file.displayPath, line: FieldLines(file.text).line(of: ["roles"]),
            cause: "there is no role \"\(unknown)\"\(NearestName.slip(unknown, in: roles))")
    }

    private func fault(of role: Role, in file: PluginFile) -> PluginFault? {
        let tools = names[.tool, default: []]
        if let unknown = role.tools.first(where: { !tools.contains($0) }) {
            return PluginFault(
                path: file.displayPath, line: FieldLines(file.text).line(of: ["tools"]),
                cause: "there is no tool \"\(unknown)\"\(NearestName.slip(unknown, in: tools))")
        }
        let prompts = names[.prompt, default: []]
        guard !prompts.contains(role.prompt) else { return nil }
        return PluginFault(
            path: file.displayPath, line: FieldLines(file.text).line(of: ["prompt"]),
            cause: "there is no prompt \"\(role.prompt)\"\(NearestName.slip(role.prompt, in: prompts))")
    }

    private func fault(of template: PromptTemplate, in file: PluginFile) -> PluginFault? {
        let prompts = names[.prompt, default: []]
        for include in template.includes {
            if !prompts.contains(include.name) {
                return PluginFault(
                    path: file.displayPath, line: include.line,
                    cause: "there is no prompt \"\(include.name)\"\(NearestName.slip(include.name, in: prompts))")
            }
            if let way = cycle(from: file.key.name, through: include.name) {
                return PluginFault(
                    path: file.displayPath, line: include.line, cause: "the prompts include each other: \(way.joined(separator: " → "))")
            }
        }
        return nil
    }

    /// The way by which a prompt comes back to itself.
    private func cycle(from start: String, through next: String) -> [String]? {
        var ways = [[start, next]]
        var visited: Set<String> = []
        while let way = ways.popLast(), let last = way.last {
            if last == start { return way }
            guard visited.insert(last).inserted, case .prompt(let template)? = live[PluginKey(.prompt, last)]?.content else { continue }
            ways += template.includes.map { way + [$0.name] }
        }
        return nil
    }
}
