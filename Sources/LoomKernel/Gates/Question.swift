package import LoomSystem

/// Something a human is asked. It names who, what, why, and what "always" would store.
package struct Question: Sendable, Hashable, Codable, Identifiable {
    package enum Kind: String, Sendable, Hashable, Codable { case permission, spawn, budget, choice }
    package let id: ID
    package let kind: Kind
    package let agent: String
    package let call: String
    /// One line: "ada wants to edit src/parser.py (+3 −1)".
    package let title: String
    /// The whole of what is asked about: a diff, a command, a plan. May be empty.
    package let detail: String
    /// Why it is asked: the rule and where it stands, "ask write (preset ask)".
    package let why: String
    /// The exact rule that "always" would store for this session; nil where there is none.
    package let always: String?
    /// The choices of a `choice`; empty when the answer is free text.
    package let options: [String]
    package let time: Timestamp
}

/// An answer. Silence is `refuse`: least privilege.
package enum Answer: Sendable, Hashable {
    case allow, always, refuse
    /// The text of a choice, or free text.
    case text(String)
}

/// In JSON a word (`"allow"`), or `{"text": "…"}`.
extension Answer: Codable {
    private static let words: [String: Answer] = ["allow": .allow, "always": .always, "refuse": .refuse]

    package init(from decoder: any Decoder) throws {
        let value = try JSON(from: decoder)
        if let answer = value.stringValue.flatMap({ Self.words[$0] }) {
            self = answer
        } else if let text = value["text"]?.stringValue {
            self = .text(text)
        } else {
            let reason = "an answer is \"allow\", \"always\", \"refuse\" or {\"text\": \"…\"}"
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        if case .text(let text) = self {
            try JSON.object(["text": .string(text)]).encode(to: encoder)
        } else {
            try JSON.string(Self.words.first { $0.value == self }?.key ?? "refuse").encode(to: encoder)
        }
    }
}
