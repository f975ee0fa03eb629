import LoomKernel

extension Reference {
    /// Definitions for lua-language-server, which completes and checks with them.
    var luaCATS: String {
        var text = "---@meta loom\n-- \(Self.origin)\n"
        for (name, values) in Self.unions { text += "\n---@alias \(name)\n" + values.map { "---| \"\($0)\"\n" }.joined() }
        text += "\n---@alias loom.Steps (loom.Step|fun(call: loom.ModelCall, came: string): loom.Step)[]\n"
        for shape in LuaClass.all { text += "\n--- \(shape.text)\n---@class \(shape.name)\n" + shape.fields.map(Self.field).joined() }
        for shape in PluginShape.all {
            text += "\n--- \(shape.text)\n---@class (exact) \(shape.className)\n"
            text += shape.fields.map { "---@field \($0.name)\($0.isRequired ? "" : "?") \($0.type) \($0.text)\n" }.joined()
        }
        text += "\n--- What Loomkin offers to plugins.\nloom = {}\n"
        for space in Set(functions.compactMap(\.space)).sorted() { text += "loom.\(space) = {}\n" }
        text += "\n--- Stands for null where Lua's nil would be nothing at all.\n---@type function\nloom.json.null = function() end\n"
        text += functions.map { "\n" + $0.luaCATS }.joined()
        for handle in APIFunction.methodsByClass {
            text += "\n--- It ends with the call that opened it.\n---@class loom.\(handle.name)\nlocal \(handle.name) = {}\n"
            text += handle.methods.map { "\n" + $0.luaCATS }.joined()
        }
        return text
    }

    /// Closed lists of words.
    private static var unions: [(String, [String])] {
        [
            ("loom.SignalType", SignalTypes.names), ("loom.PluginKind", PluginKind.allCases.map(\.rawValue)),
            ("loom.AccessKind", Access.Kind.allCases.map(\.rawValue)), ("loom.Phase", Phase.allCases.map(\.rawValue)),
            ("loom.StopReason", StopReason.allCases.map(\.rawValue)),
            ("loom.FailureKind", ModelFailure.Kind.allCases.map(\.rawValue)),
        ]
    }

    private static func field(_ name: String, _ type: String) -> String { "---@field \(name) \(type)\n" }
}

extension APIFunction {
    /// `fs` of `fs.read`; nil for what is in `loom` itself.
    var space: String? {
        name.split(separator: ".").count == 2 ? name.split(separator: ".").first.map(String.init) : nil
    }

    fileprivate var luaCATS: String {
        var text = "--- \(self.text)\n--- May be called \(Phase.shown(phases)).\n"
        for argument in arguments {
            let optional = argument.parameter?.isRequired == false ? "?" : ""
            text += "---@param \(argument.name)\(optional) \(argument.parameter?.luaType ?? "any")\n"
        }
        for result in LuaTypes.split(returns) { text += "---@return \(result)\n" }
        return text + "function \(fullName)(\(arguments.map(\.name).joined(separator: ", "))) end\n"
    }
}

/// Texts of LuaCATS types.
enum LuaTypes {
    /// The types of several results, which stand in one text with commas between them; commas inside brackets belong to a type.
    static func split(_ text: String) -> [String] {
        var parts: [String] = [""]
        var depth = 0
        for character in text {
            if "({[<".contains(character) { depth += 1 }
            if ")}]>".contains(character) { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map(\.trimmed).filter { !$0.isEmpty }
    }
}

extension Phase {
    /// «everywhere», or where, in words.
    package static func shown(_ phases: Set<Phase>) -> String {
        phases.count == allCases.count ? "everywhere" : list(phases)
    }
}
