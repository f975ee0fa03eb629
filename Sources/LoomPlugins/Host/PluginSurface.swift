import LoomKernel
import LoomSystem

/// What others see of a plugin: its fields and arguments by name, each as text. A reload's report says what of it changed.
struct PluginSurface: Sendable, Hashable {
    private(set) var parts: [String: String] = [:]

    init(_ content: LivePlugin.Content) {
        switch content {
        case .tool(let tool):
            parts["description"] = tool.definition.description
            parts["parallel"] = "\(tool.isParallel)"
            parts["read_only"] = "\(tool.isReadOnly)"
            parts["deadline"] = tool.definition.deadline.map { "\($0)" }
            parts["roles"] = tool.definition.roles?.sorted().joined(separator: " ")
            for (name, schema) in tool.schema.parameters["properties"]?.objectValue ?? [:] { parts["parameters.\(name)"] = schema.text() }
            for name in tool.schema.parameters["required"]?.arrayValue ?? [] {
                if let name = name.stringValue { parts["parameters.\(name)", default: ""] += " required" }
            }
        case .role(let role):
            parts["description"] = role.description
            parts["prompt"] = role.prompt
            parts["model"] = role.model
            parts["max_turns"] = role.maxTurns.map { "\($0)" }
            for tool in role.tools { parts["tools.\(tool)"] = tool }
        case .provider(let provider): parts["default_model"] = provider.defaultModel
        case .prompt(let template):
            for (key, value) in template.frontMatter { parts[key] = value }
            for include in template.includes { parts["include \(include.name)"] = include.name }
        case .hook(let hook): for point in hook.points { parts[point.rawValue] = "" }
        case .command(let command):
            parts["usage"] = command.usage
            parts["description"] = command.summary
        case .panel(let panel): parts["title"] = panel.definition.title
        case .service(let service):
            for pattern in service.patterns { parts["subscribe.\(pattern)"] = "" }
            for interval in service.intervals { parts["every.\(interval)"] = "" }
        case .skill(let skill): parts["description"] = skill.description
        case .module: break
        }
    }

    /// What this one has more, other and less than an earlier one; nil where there is nothing.
    func changes(from old: PluginSurface) -> (added: [String]?, changed: [String]?, removed: [String]?) {
        func named(_ names: some Sequence<String>) -> [String]? {
            let names = names.sorted()
            return names.isEmpty ? nil : names
        }
        return (
            named(parts.keys.filter { old.parts[$0] == nil }),
            named(parts.compactMap { name, text in old.parts[name].map { $0 != text } == true ? name : nil }),
            named(old.parts.keys.filter { parts[$0] == nil })
        )
    }
}
