import LoomKernel

/// What a plugin could do, for the person who decides about it: what it announces, and which functions of `loom` its code names.
struct PluginRights: CustomStringConvertible {
    let description: String

    init(_ file: PluginFile, _ plugin: LivePlugin?) {
        var lines: [String] = ["A \(file.key.kind.rawValue) for the whole team."]
        if case .tool(let tool)? = plugin?.content {
            switch tool.definition.access {
            case .arguments(let rules) where rules.isEmpty: lines.append("It announces no access.")
            case .arguments(let rules):
                lines.append("It announces: " + rules.map { "\($0.kind.rawValue) of «\($0.name)»" }.joined(separator: ", ") + ".")
            case .function: lines.append("What it touches depends on its arguments.")
            }
        }
        let use = LoomUse(file.text)
        let names = use.functions.intersection(APIFunction.all.filter { !$0.phases.contains(.loading) }.map(\.name))
        if !names.isEmpty { lines.append("It calls: " + names.sorted().map { "loom.\($0)" }.joined(separator: ", ") + ".") }
        if use.isOpen {
            lines.append("It may call anything of loom: its code hands loom or a part of it on, where nobody can see what becomes of it.")
        }
        if use.requires { lines.append("It takes in modules of other files, which act in its name.") }
        if names.isEmpty, !use.isOpen, !use.requires { lines.append("It calls nothing of loom that acts.") }
        lines.append("Whatever it does is asked for like everything else, with the rights of whoever calls it.")
        description = lines.joined(separator: "\n")
    }
}
