import LoomSystem

/// What of a conversation is sent: whole turns, oldest out first, never a call without its result, never without the last
/// user turn.
package struct ContextWindow: Sendable, Hashable {
    package let budget: ContextBudget
    /// It only grows, and in steps, so that the provider's cached prefix holds between steps.
    package private(set) var departed: Departed
    private(set) var profiles: MessageProfiles

    /// What has left a window. It is kept with the agent's events: after a restart the same bytes are sent.
    package struct Departed: Sendable, Hashable, Codable {
        /// Turns, from the oldest.
        package var turns = 0
        /// Results that gave up text, by call: how many bytes are still shown.
        package var results: [String: Int] = [:]

        package init() {}
    }

    /// - Parameter profiles: of an earlier window of this conversation.
    package init(_ budget: ContextBudget, departed: Departed = Departed(), profiles: MessageProfiles = MessageProfiles()) {
        self.budget = budget
        self.departed = departed
        self.profiles = profiles
    }

    /// What is sent, and how many tokens each zone is thought to be.
    package struct Content: Sendable, Hashable {
        package let messages: [Message]
        package let use: ContextUse
        /// What the messages are made of.
        package let profile: TextProfile
    }

    /// `fixed` is what stands before the conversation: system prompt, tools and rules.
    package mutating func content(of messages: [Message], fixed: ContextUse, _ estimate: TokenEstimate) -> Content {
        let tail = Self.tail(messages)
        self.shortenTail(messages[tail...], estimate)
        let begin = Self.turnBeginnings(messages)
        self.departed.turns = min(self.departed.turns, begin.count - 1)
        var shown = messages.map { self.shown($0) }
        self.profiles.update(shown)
        // The provider has seen what is before the tail, but for the last reply.
        let sizes = self.profiles.list.enumerated().map { $0 < tail ? estimate.seenTokens($1) : estimate.tokens($1) }
        var use = fixed
        use[.tail] = sizes[tail...].reduce(0, +)
        let room = self.budget.room(beside: use.total)

        func history() -> Int { sizes[begin[self.departed.turns]..<max(tail, begin[self.departed.turns])].reduce(0, +) }
        if history() > room {
            // Going down to three quarters at once keeps the prefix still for many turns.
            while self.departed.turns < begin.count - 1, history() > room * 3 / 4 { self.departed.turns += 1 }
        }
        let first = begin[self.departed.turns]
        use[.history] = history()
        if first < tail, use[.history] > room {
            use[.history] -= self.shorten(messages[first..<tail], by: use[.history] - room * 3 / 4, estimate)
            for index in first..<tail { shown[index] = self.shown(messages[index]) }
            self.profiles.update(shown)
        }
        var kept = Array(shown[first...])
        if self.departed.turns > 0, !kept.isEmpty {
            let count = self.departed.turns
            kept[0].parts.insert(
                .text("[\(count) earlier \(count == 1 ? "turn has" : "turns have") left this window; the log keeps them.]"), at: 0)
        }
        return Content(messages: kept, use: use, profile: self.profiles.list[first...].reduce(TextProfile(), +))
    }

    /// Where the turns begin: at user messages that hold more than results of calls.
    static func turnBeginnings(_ messages: [Message]) -> [Int] {
        [0]
            + messages.indices.dropFirst().filter { index in
                messages[index].author == .user && !messages[index].parts.contains { if case .toolResult = $0 { true } else { false } }
            }
    }

    /// Where the part begins that no reply has seen yet.
    private static func tail(_ messages: [Message]) -> Int {
        messages.lastIndex { $0.author == .assistant }.map { $0 + 1 } ?? 0
    }
}

// MARK: Results that are too long

extension ContextWindow {
    /// Shorter results are left alone: little is won, and a note takes room too.
    private static let shortest = 400

    /// A message with the results that gave up text as they are sent now.
    private func shown(_ message: Message) -> Message {
        guard !self.departed.results.isEmpty else { return message }
        var message = message
        message.parts = message.parts.map { part in
            guard case .toolResult(let call, let name, let text, let isError) = part, let bytes = self.departed.results[call] else {
                return part
            }
            return .toolResult(call: call, name: name, text: Self.shortened(text, to: bytes), isError: isError)
        }
        return message
    }

    private static func shortened(_ text: String, to bytes: Int) -> String {
        bytes == 0
            ? "[\(text.utf8.count) bytes of this result have left the window; run the tool again if they are needed.]"
            : headAndTail(text, bytes: bytes, note: "too much at once for this window; ask for less, or for the part you need")
    }

    /// New results that are more than the tail may hold together: the longest keep their heads and ends.
    private mutating func shortenTail(_ messages: ArraySlice<Message>, _ estimate: TokenEstimate) {
        var sizes: [(call: String, tokens: Int, bytes: Int)] = []
        var total = 0
        for message in messages.map({ self.shown($0) }) {
            total += estimate.tokens(message)
            for case .toolResult(let call, _, let text, _) in message.parts where self.departed.results[call] == nil {
                sizes.append((call, estimate.tokens(text), text.utf8.count))
            }
        }
        guard total > self.budget.tokens(.tail), !sizes.isEmpty else { return }
        let others = total - sizes.reduce(0) { $0 + $1.tokens }
        let level = Self.level(sizes.map(\.tokens), total: max(0, self.budget.tokens(.tail) - others))
        for size in sizes where size.tokens > level {
            let bytes = max(Self.shortest, Int(Double(size.bytes) * Double(level) / Double(size.tokens)))
            if bytes < size.bytes { self.departed.results[size.call] = bytes }
        }
    }

    /// The height at which to cut, so that together they are at most `total`: short ones stay whole, long ones become equal.
    static func level(_ sizes: [Int], total: Int) -> Int {
        var (rest, count) = (total, sizes.count)
        for size in sizes.sorted() {
            if size * count > rest { return rest / count }
            rest -= size
            count -= 1
        }
        return .max
    }

    /// One long turn: the oldest results give up their text, their calls keep an answer. Returns the tokens won.
    private mutating func shorten(_ messages: ArraySlice<Message>, by wanted: Int, _ estimate: TokenEstimate) -> Int {
        var won = 0
        for part in messages.lazy.flatMap(\.parts) {
            guard won < wanted else { break }
            guard case .toolResult(let call, _, let text, _) = part, text.utf8.count > Self.shortest else { continue }
            let before = self.departed.results[call].map { Self.shortened(text, to: $0) } ?? text
            self.departed.results[call] = 0
            won += estimate.seenTokens(TextProfile(before)) - estimate.seenTokens(TextProfile(Self.shortened(text, to: 0)))
        }
        return won
    }
}
