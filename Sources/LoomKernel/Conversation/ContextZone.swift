/// A part of a context window, in the order in which it is sent: what never changes first, what always does last, so that the
/// vendor's cached prefix is as long as it can be.
package enum ContextZone: String, Sendable, Hashable, Codable, CaseIterable {
    /// The role's prompt, without the project's rules.
    case system
    /// The tools' schemas.
    case tools
    /// The project's own rules.
    case rules
    /// Whole turns, up to the last reply.
    case history
    /// What came since the last reply: results, messages, notices.
    case tail
    /// Kept free for the reply.
    case reply
}

/// How many tokens a zone takes, and how many it may.
package struct ZoneUse: Sendable, Hashable, Codable {
    package var zone: ContextZone
    package var used: Int
    package var budget: Int

    package var isOver: Bool { self.used > self.budget }
}

/// What each zone of one window may take, in tokens.
package struct ContextBudget: Sendable, Hashable {
    /// Percent of the window for a zone that the configuration says nothing of. History has what the others leave.
    package static let usualPercent: [ContextZone: Int] = [.system: 10, .tools: 15, .rules: 10, .history: 100, .tail: 25]

    /// Tokens the model takes.
    package let limit: Int
    private let percent: [ContextZone: Int]
    private let reserve: Int

    /// - Parameter reply: tokens kept free for the reply; half of the window at most.
    package init(limit: Int, reply: Int, percent: [ContextZone: Int] = [:]) {
        self.limit = limit
        self.reserve = min(reply, limit / 2)
        self.percent = percent
    }

    package func percent(_ zone: ContextZone) -> Int { self.percent[zone] ?? Self.usualPercent[zone] ?? 100 }

    /// The most it may ever take; for the history `room` knows better.
    package func tokens(_ zone: ContextZone) -> Int { zone == .reply ? self.reserve : self.limit * self.percent(zone) / 100 }

    /// What is left for the history beside what the others really take.
    package func room(beside used: Int) -> Int { min(self.tokens(.history), max(0, self.limit - self.reserve - used)) }
}

/// What a window holds, by zone.
package struct ContextUse: Sendable, Hashable {
    package let budget: ContextBudget
    private var used: [ContextZone: Int]

    package init(_ used: [ContextZone: Int] = [:], budget: ContextBudget) {
        self.used = used
        self.budget = budget
    }

    package subscript(zone: ContextZone) -> Int {
        get { self.used[zone] ?? 0 }
        set { self.used[zone] = newValue }
    }

    package var total: Int { self.used.values.reduce(0, +) }

    /// The provider has counted. It counts the whole; the zones keep their shares of it.
    package mutating func count(input: Int, reply: Int) {
        let estimated = self.total - self[.reply]
        for (zone, tokens) in self.used where estimated > 0 { self.used[zone] = tokens * input / estimated }
        self[.reply] = reply
        // What rounding lost goes to the largest zone that is not ours to choose.
        self[.history] += input + reply - self.total
    }

    /// Each zone in the order in which it is sent.
    package var zones: [ZoneUse] {
        ContextZone.allCases.map { zone in
            let others = self.total - self[.history] - self[.reply]
            return ZoneUse(
                zone: zone, used: self[zone], budget: zone == .history ? self.budget.room(beside: others) : self.budget.tokens(zone))
        }
    }
}
