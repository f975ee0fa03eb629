import LoomKernel
import LoomSystem

extension ModelCall {
    /// The call as a provider's Lua code sees it. What only another vendor could read is left out.
    func json(baseURL: String?, accountSettings: [String: String] = [:]) -> JSON {
        var members: [String: JSON] = [
            "id": .string(id), "model": .string(model.model), "system": .string(system),
            "tools": .array(
                tools.map { ["name": .string($0.name), "description": .string($0.description), "parameters": $0.parameters] }),
            "messages": .array(
                messages.map { $0.json(for: model.provider) }),
            "agent": .string(agent), "role": .string(role), "step": .int(Int64(step)), "purpose": .string(purpose),
        ]
        members["settings"] = .object(accountSettings.mapValues { .string($0) })
        members["cache_key"] = cacheKey.isEmpty ? nil : .string(cacheKey)
        members["facts"] = facts.map(\.json)
        members.merge(settings.json) { $1 }
        members["base_url"] = baseURL.map { .string($0) }
        return .object(members)
    }

    /// What its reply is read by: the names of the tools that may be called, and who was asked.
    func summary(baseURL: String?) -> JSON {
        let names = settings.toolChoice == .none ? [] : tools.map { JSON.string($0.name) }
        var members: [String: JSON] = ["model": .string(model.model), "tools": .array(names)]
        members["base_url"] = baseURL.map { .string($0) }
        return .object(members)
    }
}

extension ModelSettings {
    fileprivate var json: [String: JSON] {
        var members: [String: JSON] = [:]
        members["effort"] = effort.map { .string($0.rawValue) }
        members["temperature"] = temperature.map { .number($0) }
        members["top_p"] = topP.map { .number($0) }
        members["stop"] = stop.isEmpty ? nil : .array(stop.map { .string($0) })
        members["tool_choice"] = toolChoice == .auto ? nil : .string(toolChoice.rawValue)
        members["max_output_tokens"] = maxOutputTokens.map { .int(Int64($0)) }
        members["output_schema"] = outputSchema
        return members
    }
}

extension ModelFacts {
    fileprivate var json: JSON {
        var members: [String: JSON] = [:]
        members["context"] = context.map { .int(Int64($0)) }
        members["max_output"] = maxOutput.map { .int(Int64($0)) }
        for (name, flag) in [("tools", tools), ("vision", vision), ("reasoning", reasoning), ("caching", caching), ("sampling", sampling)] {
            members[name] = flag.map { .bool($0) }
        }
        members["api"] = api.map { .string($0.rawValue) }
        members["efforts"] = efforts.map { .array($0.map { .string($0) }) }
        members["thinking"] = thinking.map { .string($0.rawValue) }
        return .object(members)
    }
}

extension Message {
    fileprivate func json(for provider: String) -> JSON {
        let model = origin.flatMap { ModelName($0) }
        let isOwn = model?.provider == provider
        var members: [String: JSON] = [
            "author": .string(author.rawValue), "parts": .array(parts.map { $0.json(signed: isOwn) }),
        ]
        members["model"] = isOwn ? model.map { .string($0.model) } : nil
        return .object(members)
    }
}

extension Part {
    fileprivate func json(signed: Bool) -> JSON {
        switch self {
        case .text(let text):
            return ["type": "text", "text": .string(text)]
        case .thinking(let text, let signature):
            var part: JSON = ["type": "thinking", "text": .string(text)]
            part["signature"] = signed ? signature.map { .string($0) } : nil
            return part
        case .toolCall(let call):
            var part: JSON = [
                "type": "tool_call", "id": .string(call.id), "name": .string(call.name),
                "arguments": call.arguments.isNull ? .object([:]) : call.arguments,
            ]
            part["signature"] = signed ? call.signature.map { .string($0) } : nil
            part["malformed"] = call.malformed == nil ? nil : .bool(true)
            return part
        case .attachment(let attachment):
            return [
                "type": attachment.isImage ? "image" : "document", "name": .string(attachment.name),
                "media_type": .string(attachment.mediaType), "data": .string(attachment.data ?? ""),
            ]
        case .toolResult(let call, let name, let text, let isError):
            return [
                "type": "tool_result", "call": .string(call), "name": .string(name), "text": .string(text),
                "is_error": .bool(isError),
            ]
        }
    }
}
