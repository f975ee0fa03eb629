import LoomSystem

/// Short ways to write the rows of the API's table.
extension Parameter {
    static let string = Parameter(.string)
    static let integer = Parameter(.integer)
    static let number = Parameter(.number)
    static let boolean = Parameter(.boolean)

    static func list(_ element: Parameter) -> Parameter { Parameter(.array(element)) }

    static func table(_ members: [String: Parameter]) -> Parameter { Parameter(.object(members)) }

    /// A table of any names with text values, such as environment variables.
    static let anyTable = Parameter(.object(nil))

    var required: Parameter {
        var copy = self
        copy.isRequired = true
        return copy
    }

    func oneOf(_ values: String...) -> Parameter {
        var copy = self
        copy.choices = values.map { .string($0) }
        return copy
    }

    /// As LuaCATS writes the type.
    var luaType: String {
        if let choices { return choices.map { $0.text() }.joined(separator: "|") }
        switch shape {
        case .string: return "string"
        case .integer: return "integer"
        case .number: return "number"
        case .boolean: return "boolean"
        case .array(let element): return element.map { "\($0.luaType.contains("|") ? "(\($0.luaType))" : $0.luaType)[]" } ?? "any[]"
        case .object(nil): return "table"
        case .object(let members?):
            let fields = members.sorted { $0.key < $1.key }
                .map { "\($0.key)\($0.value.isRequired ? "" : "?"): \($0.value.luaType)" }
            return "{ \(fields.joined(separator: ", ")) }"
        }
    }
}
