import LoomKernel

extension Role {
    private static let tiers = ["default", "fast", "strong"]

    /// From the table of a file in `roles/`.
    init(_ table: PluginTable, name: String, generation: Int) throws(PluginFault) {
        try table.check()
        let model = try Self.model("model", table) ?? "default"
        let turns = try table.positive("max_turns")
        let maxTurns = turns.flatMap { Int(exactly: $0) }
        guard turns == nil || maxTurns != nil else { throw table.fault(["max_turns"], "field \"max_turns\" must be a whole number") }
        self.init(
            name: name, description: try table.string("description", "what the role is for"),
            prompt: try table.optionalString("prompt") ?? name, tools: try table.strings("tools") ?? [], model: model,
            maxTurns: maxTurns, editModel: try Self.model("edit_model", table), settings: try Self.settings(table), generation: generation)
    }

    private static func model(_ field: String, _ table: PluginTable) throws(PluginFault) -> String? {
        guard let model = try table.optionalString(field) else { return nil }
        guard tiers.contains(model) || ModelName(model) != nil else {
            throw table.fault(
                [field],
                "field \"\(field)\" is \"\(model)\", which is neither a tier nor provider:model\(NearestName.hint(model, in: tiers))")
        }
        return model
    }

    private static func settings(_ table: PluginTable) throws(PluginFault) -> ModelSettings? {
        guard let data = try table.data("model_settings") else { return nil }
        do throws(ModelSettings.Fault) {
            return try ModelSettings(table: data)
        } catch {
            throw table.fault(["model_settings"] + [error.field].compactMap(\.self), "model_settings: \(error.reason)")
        }
    }
}
