extension Reference {
    /// The globals of plugins as a standard of luacheck: `.luacheckrc` loads it.
    var luacheck: String {
        var text = "-- \(Self.origin)\nreturn {\n  read_globals = {\n"
        for (name, members) in names.globals.sorted(by: { $0.key < $1.key }) where name != "loom" {
            let members = name == "math" ? members.subtracting(Self.oldFunctions) : members
            text += members.isEmpty ? "    \(name) = {},\n" : "    \(name) = { fields = {\n\(Self.rows(members, indent: 6))    } },\n"
        }
        text += "    loom = { fields = {\n"
        let direct = names.functions.filter { !$0.contains(".") }
        text += Self.rows(direct, indent: 6)
        for (space, isOpen) in names.spaces.sorted(by: { $0.key < $1.key }) {
            let members = names.functions.filter { $0.hasPrefix(space + ".") }.map { String($0.dropFirst(space.count + 1)) }
            let open = isOpen ? " other_fields = true," : ""
            text += "      \(space) = {\(open) fields = {\n\(Self.rows(Set(members), indent: 8))      } },\n"
        }
        return text + "    } },\n  },\n}\n"
    }

    private static func rows(_ names: Set<String>, indent: Int) -> String {
        let names = names.sorted().map { keywords.contains($0) ? "[\"\($0)\"] = {}," : "\($0) = {}," }
        var lines: [String] = []
        for name in names {
            if let last = lines.last, last.count + name.count < 120 {
                lines[lines.count - 1] += " " + name
            } else {
                lines.append(String(repeating: " ", count: indent) + name)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Some builds of Lua still have these of 5.2.
    private static let oldFunctions: Set<String> = ["atan2", "cosh", "frexp", "ldexp", "log10", "pow", "sinh", "tanh"]

    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
        "repeat",
        "return", "then", "true", "until", "while",
    ]
}
