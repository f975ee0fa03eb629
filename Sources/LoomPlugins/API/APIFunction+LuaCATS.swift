extension APIFunction {
    /// Definitions of `loom` for lua-language-server, which completes and checks with them.
    package static func luaCATS() -> String {
        var text = "---@meta loom\n\n--- What Loomkin offers to plugins.\nloom = {}\n\n"
        text += "---@class loom.Error\n---@field code string\n---@field message string\n---@field hint string?\n"
        for space in Set(all.compactMap(\.space)).sorted() { text += "\nloom.\(space) = {}\n" }
        text += "\n--- Stands for null where Lua's nil would be nothing at all.\n---@type function\nloom.json.null = function() end\n"
        for function in all.sorted(by: { $0.name < $1.name }) { text += "\n" + function.luaCATS }
        return text
    }

    /// A page of all functions.
    package static func referenceMarkdown() -> String {
        var text = "# The Lua API\n\nGenerated from the table that registers the functions.\n"
        for function in all.sorted(by: { $0.name < $1.name }) {
            text += "\n## `loom.\(function.name)(\(function.arguments.map(\.name).joined(separator: ", ")))`\n\n\(function.text)\n\n"
            for argument in function.arguments {
                let optional = argument.parameter.map { $0.isRequired ? "" : ", optional" } ?? ""
                text += "- `\(argument.name)`: `\(argument.parameter?.luaType ?? "any")`\(optional)\n"
            }
            if !function.returns.isEmpty { text += "- returns `\(function.returns)`\n" }
            let phases = Phase.allCases.filter(function.phases.contains).map(\.description).joined(separator: "; ")
            text += "- may be called \(phases)\n"
        }
        return text
    }

    private var space: String? {
        name.split(separator: ".").count == 2 ? name.split(separator: ".").first.map(String.init) : nil
    }

    private var luaCATS: String {
        var text = "--- \(self.text)\n"
        for argument in arguments {
            let optional = argument.parameter?.isRequired == false ? "?" : ""
            text += "---@param \(argument.name)\(optional) \(argument.parameter?.luaType ?? "any")\n"
        }
        if !returns.isEmpty { text += "---@return \(returns)\n" }
        return text + "function loom.\(name)(\(arguments.map(\.name).joined(separator: ", "))) end\n"
    }
}
