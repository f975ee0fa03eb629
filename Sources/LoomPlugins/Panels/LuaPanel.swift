import LoomKernel
import LoomLua
import LoomSystem

/// A panel's table, checked.
struct PanelDefinition: Sendable {
    let title: String
    let refreshOn: [String]
    let render: LuaFunction

    init(_ table: PluginTable) throws(PluginFault) {
        try table.check()
        title = try table.string("title", "what stands above the panel")
        _ = try table.optionalString("description")
        refreshOn = try table.strings("refresh_on") ?? []
        render = try table.function("render", "(snapshot): what it shows")
    }
}

/// A panel written in Lua. One value is one generation.
struct LuaPanel: Panel {
    let definition: PanelDefinition
    private let lua: Generation

    init(_ definition: PanelDefinition, generation: Generation) {
        self.definition = definition
        lua = generation
    }

    var name: String { lua.file.key.name }
    var generation: Int { lua.number }
    var title: String { definition.title }
    var refreshOn: [String] { definition.refreshOn }

    func render(_ snapshot: JSON) async throws(ToolError) -> JSON {
        try await lua.value(of: definition.render, [snapshot], deadline: .seconds(2), phase: .panel)
    }
}
