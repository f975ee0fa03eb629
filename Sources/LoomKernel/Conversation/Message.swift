package import LoomSystem

/// One message of a conversation, of typed parts; every provider's dialect maps to and from it.
package struct Message: Sendable, Hashable, Codable {
    package enum Author: String, Sendable, Hashable, Codable { case user, assistant }
    package var author: Author
    package var parts: [Part]
    /// The model whose reply it is, `provider:model`: what only that vendor can read goes back to no other.
    package var origin: String?

    package init(_ author: Author, _ parts: [Part], origin: String? = nil) {
        self.author = author
        self.parts = parts
        self.origin = origin
    }

    /// The text parts joined.
    package var text: String {
        self.parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }

    package var toolCalls: [ToolCall] {
        self.parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    /// What its vendor sealed parts of it with, to know its own thoughts again.
    var seals: [String] {
        self.parts.compactMap { part in
            switch part {
            case .thinking(_, let signature): signature
            case .toolCall(let call): call.signature
            case .text, .toolResult, .attachment: nil
            }
        }
    }

    /// Without thoughts under one of these seals; calls stay, unsealed.
    func without(_ seals: Set<String>) -> Message {
        guard !seals.isEmpty, self.seals.contains(where: seals.contains) else { return self }
        var message = self
        message.parts = self.parts.compactMap { part in
            switch part {
            case .thinking(_, let signature?) where seals.contains(signature): nil
            case .toolCall(let call) where call.signature.map(seals.contains) ?? false:
                .toolCall(ToolCall(id: call.id, name: call.name, arguments: call.arguments, malformed: call.malformed))
            default: part
            }
        }
        return message
    }
}

/// A piece of a message.
package enum Part: Sendable, Hashable, Codable {
    case text(String)
    /// Reasoning, with the vendor's signature where it must be sent back unchanged.
    case thinking(String, signature: String?)
    case toolCall(ToolCall)
    /// In a user message, directly after the assistant message that made the call.
    case toolResult(call: String, name: String, text: String, isError: Bool)
    /// In a user message, behind the results.
    case attachment(Attachment)
}

/// A model's wish to run a tool.
package struct ToolCall: Sendable, Hashable, Codable, Identifiable {
    package let id: String
    package let name: String
    package let arguments: JSON
    /// Set when the model's arguments were no JSON: the text as it came, so that the model can be told.
    package let malformed: String?
    /// What the vendor wants to see again beside the call, unchanged.
    package let signature: String?

    package init(id: String, name: String, arguments: JSON, malformed: String? = nil, signature: String? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.malformed = malformed
        self.signature = signature
    }
}
