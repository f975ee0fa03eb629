import LoomKernel
import LoomSystem

extension APIFunction {
    /// What happened, and what a plugin wants others to know.
    static let signals: [APIFunction] = [
        ofHost(
            "signal.publish", [("word", .string.required), ("data", .anyTable)],
            returns: "{ sequence: integer, type: string }?, loom.Error?",
            text:
                "Tells everybody that something happened. The signal's type is the plugin's name, a dot and `word`; it is kept in the log."
        ) { (host, call) throws(ToolError) in
            try await host.publish(call.text("word"), call.table("data")).lua
        },
        APIFunction(
            "signal.history",
            [("request", .table(["pattern": .string, "after": .integer, "limit": .integer]))],
            returns: "loom.Signal[]?, loom.Error?", phases: acting.union([.panel]),
            text: "Kept signals of this session whose topic fits `pattern`, such as `**/tool.finished`: the newest `limit` (100), or those "
                + "behind the number `after`. Oldest first.",
            body: .suspending { (call) throws(APIFault) in
                let request = call.table("request")
                let limit = request["limit"]?.intValue ?? 100
                guard (1...10_000).contains(limit) else { throw .mistake("loom.signal.history: limit must be 1 to 10000, got \(limit)") }
                let workspace = try call.workspace
                do throws(CommandError) {
                    let found = try await workspace.history(
                        matching: request["pattern"]?.stringValue ?? "**", after: request["after"]?.intValue.map(Int64.init), limit: limit)
                    return .value(.array(found.map(\.lua)))
                } catch {
                    return .refused(APIRefusal(code: "unavailable", message: error.description, hint: nil))
                }
            }),
        opening(
            "signal.subscribe", [("pattern", .string)],
            text: "Hears signals whose topic fits `pattern` from now on, until the call ends: `for signal in loom.signal.subscribe(\"**\") "
                + "do`. 256 may wait; of more the oldest are missed."
        ) { (host, call) throws(ToolError) in
            SubscriptionHandle(host.subscribe(call.optionalText("pattern") ?? "**"))
        },
    ]

    static let signalMethods: [APIFunction] = [
        method(
            of: SubscriptionHandle.self, "next", [("timeout", .number)], returns: "loom.Signal?, loom.Error?",
            text: "The next signal, waiting for it; after `timeout` seconds `nil, err` of the code `timeout`."
        ) { (handle, call) throws(ToolError) in
            try await handle.signals.next(call)?.lua ?? .null
        },
        method(of: SubscriptionHandle.self, "missed", returns: "integer", text: "How many signals were dropped because too many waited.") {
            (handle, _) throws(ToolError) in .int(Int64(handle.subscription.dropped))
        },
        method(of: SubscriptionHandle.self, "cancel", returns: "boolean", text: "Ends the subscription.") { (_, call) throws(ToolError) in
            call.context.dismiss(call.handle)
            return true
        },
    ]
}
