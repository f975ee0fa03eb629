import LoomSystem

/// What of a conversation is sent: whole turns, oldest out first, never a call without its result, never without the last
/// user turn.
package struct ContextWindow: Sendable, Hashable {
    /// Tokens the model takes, and how many of them are kept free for the reply.
    package let limit: Int
    package let reserve: Int
    /// Turns that have left. It only grows, and in steps, so that the provider's cached prefix holds between steps.
    package private(set) var left = 0

    package init(limit: Int, reserve: Int) {
        self.limit = limit
        self.reserve = reserve
    }

    /// What is sent, and how many tokens it is thought to be.
    package struct Content: Sendable, Hashable {
        package let messages: [Message]
        package let tokens: Int
    }

    /// `fixed` is the size of system prompt and tools in tokens.
    package mutating func content(of messages: [Message], fixed: Int, _ estimate: TokenEstimate) -> Content {
        let turns = Self.turns(messages)
        let sizes = turns.map { turn in turn.reduce(0) { $0 + estimate.tokens($1) } }
        let room = max(0, self.limit - self.reserve - fixed)
        self.left = min(self.left, max(0, turns.count - 1))
        var used = sizes[self.left...].reduce(0, +)
        if used > room {
            // Going down to three quarters at once keeps the prefix still for many turns.
            while self.left < turns.count - 1, used > room * 3 / 4 {
                used -= sizes[self.left]
                self.left += 1
            }
        }
        var kept = turns[self.left...].flatMap { $0 }
        if used > room { used -= Self.shorten(&kept, by: used - room, estimate) }
        if self.left > 0, !kept.isEmpty {
            let note = "[\(self.left) earlier \(self.left == 1 ? "turn has" : "turns have") left this window; the log keeps them.]"
            kept[0].parts.insert(.text(note), at: 0)
        }
        return Content(messages: kept, tokens: fixed + used)
    }

    /// A turn begins with a user message that holds more than results of calls.
    static func turns(_ messages: [Message]) -> [[Message]] {
        var turns: [[Message]] = []
        for message in messages {
            let begins = message.author == .user && !message.parts.contains { if case .toolResult = $0 { true } else { false } }
            if begins || turns.isEmpty { turns.append([]) }
            turns[turns.count - 1].append(message)
        }
        return turns.isEmpty ? [[]] : turns
    }

    /// One long turn: the oldest results give up their text, their calls keep an answer. Returns the tokens won.
    private static func shorten(_ messages: inout [Message], by wanted: Int, _ estimate: TokenEstimate) -> Int {
        var won = 0
        for index in messages.indices.dropLast(2) {
            for (position, part) in messages[index].parts.enumerated() {
                guard won < wanted else { return won }
                guard case .toolResult(let call, let name, let text, let isError) = part, text.utf8.count > 400 else { continue }
                let note = "[\(text.utf8.count) bytes of this result have left the window; run the tool again if they are needed.]"
                messages[index].parts[position] = .toolResult(call: call, name: name, text: note, isError: isError)
                won += estimate.tokens(text) - estimate.tokens(note)
            }
        }
        return won
    }
}

/// How many tokens a text is, before the provider has said. The ratio is learned from what it says.
package struct TokenEstimate: Sendable, Hashable {
    /// Bytes of UTF-8 for one token.
    package private(set) var bytesPerToken = 4.0

    package init() {}

    package func tokens(_ text: String) -> Int { Int((Double(text.utf8.count) / self.bytesPerToken).rounded(.up)) }

    package func tokens(_ message: Message) -> Int {
        // A few tokens hold a message together, whatever is in it.
        message.parts.reduce(4) { sum, part in
            switch part {
            case .text(let text): sum + self.tokens(text)
            case .thinking(let text, _): sum + self.tokens(text)
            case .toolCall(let call): sum + 8 + self.tokens(call.name) + self.tokens(call.arguments.text())
            case .toolResult(_, _, let text, _): sum + 8 + self.tokens(text)
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
