import LoomSystem

/// How many tokens a text is, before the provider has said. The ratio is learned from what it says.
package struct TokenEstimate: Sendable, Hashable {
    /// Bytes of UTF-8 for one token.
    package private(set) var bytesPerToken = 4.0

    package init() {}

    package func tokens(_ text: String) -> Int { self.tokens(bytes: text.utf8.count) }

    package func tokens(bytes: Int) -> Int { Int((Double(bytes) / self.bytesPerToken).rounded(.up)) }

    package func bytes(tokens: Int) -> Int { Int(Double(tokens) * self.bytesPerToken) }

    package func tokens(_ message: Message) -> Int {
        // A few tokens hold a message together, whatever is in it.
        message.parts.reduce(4) { sum, part in
            switch part {
            case .text(let text): sum + self.tokens(text)
            case .thinking(let text, _): sum + self.tokens(text)
            case .toolCall(let call): sum + 8 + self.tokens(call.name) + self.tokens(call.arguments.text())
            case .toolResult(_, _, let text, _): sum + 8 + self.tokens(text)
            case .attachment(let attachment): sum + attachment.tokens
            }
        }
    }

    package func tokens(_ tool: ToolSchema) -> Int {
        8 + self.tokens(tool.name) + self.tokens(tool.description) + self.tokens(tool.parameters.text())
    }

    /// The provider counted `actual` where this estimate said `estimated`.
    package mutating func learn(estimated: Int, actual: Int) {
        guard estimated > 200, actual > 200 else { return }
        let measured = self.bytesPerToken * Double(estimated) / Double(actual)
        self.bytesPerToken = min(8, max(1, self.bytesPerToken * 0.7 + measured * 0.3))
    }
}
