import LoomKernel
import LoomLua

/// A service's table, checked.
struct ServiceDefinition: Sendable {
    struct Subscription: Sendable {
        let pattern: TopicPattern
        let handler: LuaFunction
    }

    /// In the order of their patterns.
    let subscriptions: [Subscription]
    /// By seconds.
    let timers: [Double: LuaFunction]
    let start: LuaFunction?
    let stop: LuaFunction?
    /// Seconds.
    let deadline: Double

    /// Shorter ones would be polling.
    private static let shortestInterval = 0.1

    init(_ table: PluginTable) throws(PluginFault) {
        try table.check()
        _ = try table.optionalString("description")
        subscriptions = try Self.subscriptions(table)
        timers = try Self.timers(table)
        start = try table.optionalFunction("start")
        stop = try table.optionalFunction("stop")
        deadline = try table.positive("deadline") ?? 60
        guard !subscriptions.isEmpty || !timers.isEmpty || start != nil else {
            throw table.fault([], "a service has at least one of the fields subscribe, every, start")
        }
    }

    private static func subscriptions(_ table: PluginTable) throws(PluginFault) -> [Subscription] {
        var found: [Subscription] = []
        for (key, function) in try table.functions("subscribe", of: "a topic, such as [\"**/tool.finished\"]") {
            guard let pattern = key.name, !pattern.isEmpty else {
                throw table.fault(["subscribe"], "a key of \"subscribe\" must be a topic, such as [\"**/tool.finished\"]")
            }
            found.append(Subscription(pattern: TopicPattern(pattern), handler: function))
        }
        return found
    }

    private static func timers(_ table: PluginTable) throws(PluginFault) -> [Double: LuaFunction] {
        var found: [Double: LuaFunction] = [:]
        for (key, function) in try table.functions("every", of: "a number of seconds, such as [60]") {
            let seconds: Double? =
                switch key {
                case .integer(let number): Double(number)
                case .number(let number): number
                case .string, .boolean, .bytes: nil
                }
            guard let seconds, seconds >= shortestInterval, seconds <= 31_536_000 else {
                throw table.fault(
                    ["every"], "a key of \"every\" must be a number of seconds from \(shortestInterval) to a year, such as [60]")
            }
            found[seconds] = function
        }
        return found
    }
}
