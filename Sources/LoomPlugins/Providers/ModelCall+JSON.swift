import LoomKernel
import LoomSystem

extension ModelCall {
    /// The call as a provider's Lua code sees it.
    func json(baseURL: String?) -> JSON {
        var members: [String: JSON] = [
            "id": .string(id), "model": .string(model.model), "system": .string(system),
            "tools": .array(
                tools.map { ["name": .string($0.name), "description": .string($0.description), "parameters": $0.parameters] }),
            "messages": .array(
                messages.map { ["author": .string($0.author.rawValue), "parts": .array($0.parts.map(\.json))] }),
            "agent": .string(agent), "role": .string(role), "step": .int(Int64(step)), "purpose": .string(purpose),
        ]
        members["max_output_tokens"] = maxOutputTokens.map { .int(Int64($0)) }
        members["base_url"] = baseURL.map { .string($0) }
        return .object(members)
    }
}

extension Part {
    fileprivate var json: JSON {
        switch self {
        case .text(let text):
            return ["type": "text", "text": .string(text)]
        case .thinking(let text, let signature):
            var part: JSON = ["type": "thinking", "text": .string(text)]
            part["signature"] = signature.map { .string($0) }
            return part
        case .toolCall(let call):
            return [
                "type": "tool_call", "id": .string(call.id), "name": .string(call.name),
                "arguments": call.arguments.isNull ? .object([:]) : call.arguments,
            ]
        case .toolResult(let call, let name, let text, let isError):
            return [
                "type": "tool_result", "call": .string(call), "name": .string(name), "text": .string(text),
                "is_error": .bool(isError),
            ]
        }
    }
}
