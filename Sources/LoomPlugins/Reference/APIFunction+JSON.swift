package import LoomSystem

extension APIFunction {
    /// For `loomkin plugin api --json`.
    package var described: JSON {
        [
            "name": .string(name), "signature": .string(signature), "text": .string(text), "returns": .string(returns),
            "arguments": .array(
                arguments.map { argument in
                    [
                        "name": .string(argument.name), "type": .string(argument.type),
                        "required": .bool(argument.parameter?.isRequired ?? true),
                    ]
                }),
            "phases": .array(sortedPhases.map { .string($0.rawValue) }),
        ]
    }
}

extension APIFunction.Argument {
    /// As LuaCATS writes it.
    package var type: String { parameter?.luaType ?? "any" }
}

extension PluginShape {
    /// For `loomkin plugin api KIND --json`.
    package var described: JSON {
        [
            "kind": .string(kind.rawValue), "text": .string(text),
            "fields": .array(
                fields.map { field in
                    [
                        "name": .string(field.name), "type": .string(field.type), "required": .bool(field.isRequired),
                        "text": .string(field.text),
                    ]
                }),
        ]
    }
}
