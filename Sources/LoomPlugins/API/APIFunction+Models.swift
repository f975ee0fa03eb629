import LoomKernel
import LoomSystem

extension APIFunction {
    /// Models, on the budget of whoever acts.
    static let models: [APIFunction] = [
        ofHost(
            "model.complete", [("request", .table(requestFields).required)], returns: "loom.ModelAnswer?, loom.Error?",
            text: "Asks a model, and waits for the whole answer: a `prompt`, or `messages` of `{ author, text }`. `model` is a tier of the "
                + "configuration (`default`, `fast`, `strong`) or `provider:model`. The ledger calls it `plugin/NAME`, with a `purpose` "
                + "`plugin/NAME/PURPOSE`. Asks the permission engine for `model PROVIDER:MODEL`."
        ) { (host, call) throws(ToolError) in
            try await host.ask(try ModelQuestion(call)) { _, _ in }.json
        },
        opening(
            "model.stream", [("request", .table(requestFields).required), ("fn", nil)], returns: "loom.ModelAnswer?, loom.Error?",
            text:
                "The same, and calls `fn(text, attempt)` for each piece of text as it comes. When the number of the attempt grows, what an "
                + "earlier one said is void. The call is given up when `fn` returns false."
        ) { (host, call) throws(ToolError) in
            AnswerHandle(try ModelQuestion(call), host)
        },
    ]

    /// Called by the prelude's part of `model.stream`.
    static let modelMethods: [APIFunction] = [
        method(of: AnswerHandle.self, "next", returns: "{ text: string, attempt: integer }?, loom.Error?", text: "The next piece.") {
            (handle, call) throws(ToolError) in
            try await handle.pieces.next(call).map { ["text": .string($0.text), "attempt": .int(Int64($0.attempt))] } ?? .null
        },
        method(of: AnswerHandle.self, "finish", returns: "loom.ModelAnswer?, loom.Error?", text: "The whole answer.") {
            (handle, call) throws(ToolError) in
            let answer = await handle.answer()
            call.context.handles.forget(call.handle)
            return try answer.get().json
        },
        method(of: AnswerHandle.self, "close", returns: "boolean", text: "Gives the call up.") { (_, call) throws(ToolError) in
            call.context.dismiss(call.handle)
            return true
        },
    ]

    private static let requestFields: [String: Parameter] = [
        "prompt": .string, "messages": .list(.table(["author": .string.oneOf("user", "assistant").required, "text": .string.required])),
        "system": .string, "model": .string, "settings": .anyTable, "max_tokens": .integer, "purpose": .string,
    ]
}

extension ModelQuestion {
    private static let outputLimits = (usual: 1_024, most: 32_768)

    /// From the table that the functions of `loom.model` declare.
    init(_ call: APICall) throws(ToolError) {
        let table = call.table("request")
        var messages: [Message] = []
        for row in table["messages"]?.arrayValue ?? [] {
            messages.append(Message(Message.Author(rawValue: row.text("author")) ?? .user, [.text(row.text("text"))]))
        }
        switch (table["prompt"]?.stringValue, messages.isEmpty) {
        case (let prompt?, true): messages = [Message(.user, [.text(prompt)])]
        case (nil, false): break
        default: throw ToolError("loom.model takes either a prompt or messages.", code: "invalid")
        }
        guard messages.last?.author == .user else { throw ToolError("The last message must be the user's.", code: "invalid") }
        let limit = table["max_tokens"]?.intValue ?? Self.outputLimits.usual
        guard (1...Self.outputLimits.most).contains(limit) else {
            throw ToolError("max_tokens is 1 to \(Self.outputLimits.most), got \(limit).", code: "invalid")
        }
        var settings = ModelSettings()
        if let table = table["settings"] {
            do throws(ModelSettings.Fault) {
                settings = try ModelSettings(table: table)
            } catch {
                throw ToolError("settings: \(error.reason).", code: "invalid")
            }
        }
        settings.maxOutputTokens = settings.maxOutputTokens ?? limit
        let purpose = table["purpose"]?.stringValue
        if let purpose, !purpose.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }) {
            throw ToolError("«\(purpose)» is no word for a purpose: use small letters and _.", code: "invalid")
        }
        self.init(
            messages: messages, system: table.text("system"), model: table["model"]?.stringValue ?? "default", settings: settings,
            purpose: purpose, passesHooks: call.context.phase != .hook)
    }
}

extension ModelAnswer {
    var json: JSON {
        var members: [String: JSON] = [
            "text": .string(reply.message.text), "model": .string(model), "stop": .string(reply.stop.rawValue),
            "usage": [
                "input": .int(Int64(reply.usage.input)), "output": .int(Int64(reply.usage.output)),
                "cache_read": .int(Int64(reply.usage.cacheRead)), "cache_write": .int(Int64(reply.usage.cacheWrite)),
            ],
        ]
        members["cost"] = costUSD.map { .number($0) }
        return .object(members)
    }
}
