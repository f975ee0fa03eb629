import LoomKernel
import LoomSystem

extension APIFunction {
    /// What needs no agent: logging, JSON, text, time, configuration.
    static let values: [APIFunction] = [
        APIFunction(
            "log", [("level", .string.oneOf("debug", "info", "warning", "error").required), ("text", .string.required)],
            phases: everywhere, text: "Writes a line to the log of the workspace.",
            body: .immediate { (call) throws(APIFault) in
                call.context.ports.log(call.text("level"), call.context.plugin, call.text("text"))
                return .nothing
            }),
        APIFunction(
            "json.encode", [("value", nil), ("pretty", .boolean)], returns: "string", phases: everywhere,
            text: "The value as JSON with sorted keys. An empty table is `{}`; `loom.json.array({})` is `[]`.",
            body: .immediate { (call) throws(APIFault) in
                .value(.string((call.arguments["value"] ?? .null).text(pretty: call.flag("pretty"))))
            }),
        APIFunction(
            "json.decode", [("text", .string.required)], returns: "any, loom.Error?", phases: everywhere,
            text: "The value of a JSON text. Null becomes `loom.json.null`.",
            body: .immediate { (call) throws(APIFault) in
                do throws(JSON.ParseError) {
                    return .value(try JSON.parse(call.text("text")))
                } catch {
                    return .refused(APIRefusal(code: "invalid_json", message: error.description, hint: nil))
                }
            }
        ).keepingJSON,
        APIFunction(
            "json.array", [("list", Parameter(.array(nil)).required)], returns: "any[]", phases: everywhere,
            text: "Marks an empty table as a list, so that it becomes `[]` in JSON, and gives it back.", body: .prelude),
        APIFunction(
            "text.truncate", [("text", .string.required), ("max", .integer.required)], returns: "string", phases: everywhere,
            text: "The text, or its beginning and end with a note of what was left out when it has more than `max` bytes.",
            body: .immediate { (call) throws(APIFault) in
                .value(.string(headAndTail(call.text("text"), bytes: max(0, call.integer("max") ?? 0), note: "cut")))
            }),
        APIFunction(
            "text.diff", [("old", .string.required), ("new", .string.required)], returns: "string", phases: everywhere,
            text: "The difference of two texts as a unified diff; empty when there is none.",
            body: .immediate { (call) throws(APIFault) in
                .value(.string(UnifiedDiff(from: call.text("old"), to: call.text("new"), path: "text").text(limit: 1 << 20)))
            }),
        APIFunction(
            "text.template", [("text", .string.required), ("values", .anyTable.required)], returns: "string?, loom.Error?",
            phases: everywhere, text: "The text with each `{{name}}` replaced by the value of that name; one that is missing is an error.",
            body: .immediate { (call) throws(APIFault) in TextTemplate(call.text("text")).filled(with: call.table("values")) }),
        APIFunction(
            "time.now", returns: "string", phases: everywhere, text: "The time of day in UTC, as ISO 8601 writes it.",
            body: .immediate { (call) throws(APIFault) in .value(.string(call.context.ports.clock.now.iso8601)) }),
        APIFunction(
            "time.monotonic", returns: "number", phases: everywhere,
            text: "Seconds since some moment, which no change of the clock disturbs: for measuring.",
            body: .immediate { (call) throws(APIFault) in .value(.number(call.context.ports.clock.uptime.inSeconds)) }),
        APIFunction(
            "time.sleep", [("seconds", .number.required)], phases: working,
            text: "Waits. The call's deadline goes on meanwhile.",
            body: .suspending { (call) throws(APIFault) in
                let seconds = call.arguments["seconds"]?.doubleValue ?? 0
                guard seconds >= 0, seconds <= 86_400 else {
                    throw .mistake("loom.time.sleep takes 0 to 86400 seconds, got \(seconds)")
                }
                do {
                    try await call.context.ports.clock.sleep(for: .seconds(seconds))
                } catch {
                    throw .ended(ToolError("The call was cancelled.", status: .cancelled))
                }
                return .nothing
            }),
        APIFunction(
            "config.get", [("key", .string.required)], returns: "any", phases: everywhere,
            text: "A setting of the configuration by its dotted name, nil when it is not set.",
            body: .immediate { (call) throws(APIFault) in
                call.context.ports.configuration.values[call.text("key")].map { .value($0) } ?? .nothing
            }),
        APIFunction(
            "progress", [("text", .string.required)], phases: [.tool],
            text: "Shows a piece of output to people while the tool runs. The model does not read it.",
            body: .immediate { (call) throws(APIFault) in
                try call.host.progress(call.text("text"))
                return .nothing
            }),
    ]
}
