extension Reference {
    /// The page `docs/lua-api.md`.
    var markdown: String {
        var text = """
            # The Lua API

            \(Self.origin)

            What may fail in ordinary life comes back as `value` or `nil, err`; [plugins.md](plugins.md) says how plugins work and what \
            their tables hold. The same in a terminal: `loomkin plugin api`, `loomkin plugin api fs.read`, `loomkin plugin api tool`.

            ## Where a function may be called


            """
        text +=
            Self.row(["Function"] + Phase.allCases.map(\.rawValue)) + Self.row([String](repeating: "---", count: Phase.allCases.count + 1))
        for function in APIFunction.listed {
            text += Self.row(["`loom.\(function.name)`"] + Phase.allCases.map { function.phases.contains($0) ? "✓" : "" })
        }
        text += "\n" + Phase.allCases.map { "- `\($0.rawValue)`: \($0.description)\n" }.joined()
        text += "\n## Functions\n"
        for function in APIFunction.listed { text += "\n" + Self.section(function) }
        text += "\n## Handles\n\nThey end with the call that opened them: [plugins.md](plugins.md#handles).\n"
        for handle in APIFunction.methodsByClass {
            for method in handle.methods { text += "\n" + Self.section(method) }
        }
        text += "\n## Tables of plugins\n"
        for shape in PluginShape.all { text += "\n" + Self.section(shape) }
        text += "\n## Tables that are passed\n"
        for shape in LuaClass.all {
            text += "\n### `\(shape.name)`\n\n\(shape.text)\n\n" + Self.row(["Field", "Type"]) + Self.row(["---", "---"])
            text += shape.fields.map { Self.row(["`\($0.name)`", Self.code($0.type)]) }.joined()
        }
        return text + """

            ## On reload and after a crash

            The page describes the program it came with and holds no state. A generation that was replaced keeps the functions it began with.

            """
    }

    private static func section(_ function: APIFunction) -> String {
        var text = "### `\(function.signature)`\n\n\(function.text)\n\n"
        for argument in function.arguments {
            text += "- `\(argument.name)`: `\(argument.parameter?.luaType ?? "any")`\n"
        }
        if !function.returns.isEmpty { text += "- gives `\(function.returns)`\n" }
        return text + "- may be called \(Phase.shown(function.phases))\n"
    }

    private static func section(_ shape: PluginShape) -> String {
        var text = "### \(shape.kind.rawValue), `\(shape.className)`\n\n\(shape.text)\n\n"
        text += row(["Field", "Type", "Meaning"]) + row(["---", "---", "---"])
        for field in shape.fields { text += row(["`\(field.name)`\(field.isRequired ? ", required" : "")", code(field.type), field.text]) }
        return text
    }

    private static func row(_ cells: [String]) -> String { "|" + cells.map { $0.isEmpty ? " |" : " \($0) |" }.joined() + "\n" }

    /// Bars would end a cell.
    private static func code(_ type: String) -> String { "`\(type.replacing("|", with: "\\|"))`" }
}
