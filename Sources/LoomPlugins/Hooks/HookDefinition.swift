import LoomKernel
import LoomLua

/// A hook's table, checked.
struct HookDefinition: Sendable {
    let functions: [HookPoint: LuaFunction]
    /// The tools whose calls it judges; nil for all.
    let tools: Set<String>?
    let refusesOnFault: Bool
    /// Seconds.
    let deadline: Double

    private static let faultWords = ["refuse", "ignore"]

    init(_ table: PluginTable) throws(PluginFault) {
        let points = HookPoint.allCases.map(\.rawValue)
        try table.check()
        var functions: [HookPoint: LuaFunction] = [:]
        for point in HookPoint.allCases { functions[point] = try table.optionalFunction(point.rawValue) }
        guard !functions.isEmpty else {
            throw table.fault([], "a hook has at least one of the functions \(points.joined(separator: ", "))")
        }
        self.functions = functions
        _ = try table.optionalString("description")
        tools = try table.strings("tools").map { Set($0) }
        let word = try table.optionalString("on_fault") ?? "refuse"
        guard Self.faultWords.contains(word) else {
            throw table.fault(
                ["on_fault"],
                "field \"on_fault\" must be \"refuse\" or \"ignore\", got \"\(word)\"\(NearestName.hint(word, in: Self.faultWords))")
        }
        refusesOnFault = word == "refuse"
        deadline = try table.positive("deadline") ?? 5
    }
}
