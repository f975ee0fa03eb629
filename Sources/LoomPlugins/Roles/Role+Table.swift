import LoomKernel

extension Role {
    private static let tiers = ["default", "fast", "strong"]

    /// From the table of a file in `roles/`.
    init(_ table: PluginTable, name: String, generation: Int) throws(PluginFault) {
        try table.check()
        let model = try table.optionalString("model") ?? "default"
        guard Self.tiers.contains(model) || ModelName(model) != nil else {
            throw table.fault(
                ["model"],
                "field \"model\" is \"\(model)\", which is neither a tier nor provider:model\(NearestName.hint(model, in: Self.tiers))")
        }
        let turns = try table.positive("max_turns")
        let maxTurns = turns.flatMap { Int(exactly: $0) }
        guard turns == nil || maxTurns != nil else { throw table.fault(["max_turns"], "field \"max_turns\" must be a whole number") }
        self.init(
            name: name, description: try table.string("description", "what the role is for"),
            prompt: try table.optionalString("prompt") ?? name, tools: try table.strings("tools") ?? [], model: model,
            maxTurns: maxTurns, generation: generation)
    }
}
