/// The table that the file of a plugin returns. From these rows come the check for unknown fields, the class that editors know,
/// and the reference.
package struct PluginShape: Sendable {
    package struct Field: Sendable {
        package let name: String
        /// As LuaCATS writes it.
        package let type: String
        package let isRequired: Bool
        package let text: String
    }

    package let kind: PluginKind
    package let text: String
    package let fields: [Field]

    /// In LuaCATS: `loom.Tool`.
    package var className: String { "loom." + kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst() }

    package static let all: [PluginShape] = [tool, provider, service, command, panel, hook, role, scenario]

    /// Nil for what may be anything: a library, and a prompt's text.
    static func of(_ kind: PluginKind) -> PluginShape? { all.first { $0.kind == kind } }

    init(_ kind: PluginKind, _ text: String, api: Bool = true, _ rows: [Field]) {
        self.kind = kind
        self.text = text
        fields = (api ? [.required("api", "1", "The version of this API.")] : []) + rows + (kind.hasGenerations ? Self.ofGenerations : [])
    }

    /// What every kind may have whose code stays in use.
    private static let ofGenerations: [Field] = [
        .optional(
            "migrate", "fun(old: table<string, any>, from: integer): table<string, any>",
            "What becomes of what generation `from` kept in `loom.state`. If it fails, that generation goes on."),
        .optional(
            "limits", "{ memory_mb: integer?, seconds: number?, output_kb: integer?, handles: integer? }",
            "What it may take, within what the configuration allows."),
    ]
}

extension PluginShape.Field {
    static func required(_ name: String, _ type: String, _ text: String) -> Self {
        Self(name: name, type: type, isRequired: true, text: text)
    }

    static func optional(_ name: String, _ type: String, _ text: String) -> Self {
        Self(name: name, type: type, isRequired: false, text: text)
    }
}
