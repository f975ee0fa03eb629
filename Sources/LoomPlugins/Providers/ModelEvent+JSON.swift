import LoomKernel
import LoomSystem

/// What Lua code gave to `emit`.
enum Emission {
    case event(ModelEvent)
    case failure(ModelFailure)

    /// Why a table is no event: one line for the plugin's author.
    struct Fault: Error {
        let reason: String
    }

    private static let fields: [String: [String]] = [
        "text": ["text"],
        "thinking": ["text", "signature"],
        "tool_call": ["index", "id", "name", "arguments", "signature"],
        "usage": ["input", "output", "cache_read", "cache_write", "reasoning"],
        "stop": ["reason"],
        "error": ["kind", "message", "hint", "retry_after"],
    ]

    init(_ table: JSON) throws(Fault) {
        guard let type = table["type"]?.stringValue, let fields = Self.fields[type] else {
            let known = Self.fields.keys.sorted().joined(separator: ", ")
            throw Fault(reason: "emit takes a table with type = one of \(known), got \(table.text())")
        }
        for name in table.objectValue?.keys.sorted() ?? [] where name != "type" && !fields.contains(name) {
            throw Fault(reason: "emit{ type = \"\(type)\" } has no field \"\(name)\"\(NearestName.hint(name, in: fields))")
        }
        let reader = Reader(table: table, type: type)
        switch type {
        case "text":
            self = .event(.text(try reader.text("text")))
        case "thinking":
            self = .event(.thinking(try reader.optionalText("text") ?? "", signature: try reader.optionalText("signature")))
        case "tool_call":
            self = .event(
                .toolCallDelta(
                    index: try reader.integer("index") ?? 0, id: try reader.optionalText("id"),
                    name: try reader.optionalText("name"), arguments: try reader.optionalText("arguments") ?? "",
                    signature: try reader.optionalText("signature")))
        case "usage":
            self = .event(
                .usage(
                    Usage(
                        input: try reader.integer("input") ?? 0, output: try reader.integer("output") ?? 0,
                        cacheRead: try reader.integer("cache_read") ?? 0, cacheWrite: try reader.integer("cache_write") ?? 0,
                        reasoning: try reader.integer("reasoning") ?? 0)))
        case "stop":
            let reason = try reader.text("reason")
            guard let stop = StopReason(rawValue: reason) else {
                throw Fault(reason: "emit{ type = \"stop\" } takes reason = end, tool_use, length, refusal or other, got \"\(reason)\"")
            }
            self = .event(.stop(stop))
        default:
            self = .failure(try ModelFailure(table: table))
        }
    }

    private struct Reader {
        let table: JSON
        let type: String

        func optionalText(_ name: String) throws(Fault) -> String? {
            guard let value = table[name], !value.isNull else { return nil }
            guard let text = value.stringValue else { throw wrong(name, "a string", value) }
            return text
        }

        func text(_ name: String) throws(Fault) -> String {
            guard let text = try optionalText(name) else { throw wrong(name, "a string", .null) }
            return text
        }

        func integer(_ name: String) throws(Fault) -> Int? {
            guard let value = table[name], !value.isNull else { return nil }
            guard let number = value.intValue else { throw wrong(name, "an integer", value) }
            return number
        }

        private func wrong(_ name: String, _ wanted: String, _ value: JSON) -> Fault {
            Fault(reason: "emit{ type = \"\(type)\" } needs \(name) to be \(wanted), got \(value.isNull ? "nil" : value.kind)")
        }
    }
}

extension ModelFailure {
    /// The kinds a plugin may name; a budget or a cancelled call is the kernel's own affair.
    private static let kinds: [Kind] = [
        .rateLimited, .overloaded, .server, .network, .stalled, .auth, .invalid, .contextTooLong, .thinkingRefused, .refused, .quota,
        .unavailable,
    ]

    /// From a plugin's `{ kind =, message =, hint =, retry_after = }`.
    init(table: JSON) throws(Emission.Fault) {
        let name = table["kind"]?.stringValue ?? ""
        guard let kind = Self.kinds.first(where: { $0.rawValue == name }) else {
            let hint = NearestName.hint(name, in: Self.kinds.map(\.rawValue))
            throw Emission.Fault(reason: "a failure has a kind, \"\(name)\" is none\(hint)")
        }
        guard let message = table["message"]?.stringValue, !message.isEmpty else {
            throw Emission.Fault(reason: "a failure has a message: one sentence that says what happened")
        }
        self.init(kind, message, hint: table["hint"]?.stringValue, retryAfter: table["retry_after"]?.doubleValue)
    }
}
