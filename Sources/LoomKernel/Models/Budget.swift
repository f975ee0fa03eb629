import Synchronization

/// Money by level: session over agent. A call reserves before it is made and settles after, so that calls side by side
/// cannot pass the limit together.
package final class Budget: Sendable {
    /// Why a call was not made.
    package struct Refusal: Error, Sendable, Hashable {
        package let level: String
        let agent: String
        let isOfSession: Bool
        package let spentUSD: Double
        package let limitUSD: Double
    }

    /// A held amount; settle or release it exactly once.
    package struct Reservation: Sendable, Hashable {
        fileprivate let agent: String
        package let amountUSD: Double
    }

    private struct Account {
        var spent = 0.0
        var reserved = 0.0
    }

    private struct State {
        var session = Account()
        var agents: [String: Account] = [:]
        var sessionLimit: Double?
        var agentLimit: Double?
        /// Limits of single agents that a person raised.
        var raised: [String: Double] = [:]
    }

    private let state: Mutex<State>

    /// Limits in dollars; nil for none.
    package init(sessionLimit: Double?, agentLimit: Double?) {
        self.state = Mutex(State(sessionLimit: sessionLimit, agentLimit: agentLimit))
    }

    package var sessionLimit: Double? { self.state.withLock { $0.sessionLimit } }
    package var spent: Double { self.state.withLock { $0.session.spent } }
    package func spent(by agent: String) -> Double { self.state.withLock { $0.agents[agent]?.spent ?? 0 } }

    /// Allows as much again as was allowed, unless somebody else raised it meanwhile.
    func raise(_ refusal: Refusal) {
        self.state.withLock { state in
            if refusal.isOfSession {
                state.sessionLimit = state.sessionLimit.map { $0 == refusal.limitUSD ? $0 * 2 : $0 }
            } else {
                let limit = state.raised[refusal.agent] ?? state.agentLimit
                if limit == refusal.limitUSD { state.raised[refusal.agent] = refusal.limitUSD * 2 }
            }
        }
    }

    package func setLimit(session: Double?) { self.state.withLock { $0.sessionLimit = session } }

    package func setLimit(agent: Double?) { self.state.withLock { $0.agentLimit = agent } }

    /// What was spent before this process began.
    package func restore(_ spent: [String: Double]) {
        self.state.withLock { state in
            for (agent, dollars) in spent {
                state.agents[agent, default: Account()].spent += dollars
                state.session.spent += dollars
            }
        }
    }

    package func reserve(_ dollars: Double, for agent: String) throws(Refusal) -> Reservation {
        let refusal: Refusal? = self.state.withLock { state in
            let account = state.agents[agent] ?? Account()
            if let limit = state.sessionLimit, state.session.spent + state.session.reserved + dollars > limit {
                return Refusal(level: "session", agent: agent, isOfSession: true, spentUSD: state.session.spent, limitUSD: limit)
            }
            if let limit = state.raised[agent] ?? state.agentLimit, account.spent + account.reserved + dollars > limit {
                return Refusal(level: "agent \(agent)", agent: agent, isOfSession: false, spentUSD: account.spent, limitUSD: limit)
            }
            state.session.reserved += dollars
            state.agents[agent, default: Account()].reserved += dollars
            return nil
        }
        if let refusal { throw refusal }
        return Reservation(agent: agent, amountUSD: dollars)
    }

    /// What was spent without being held before.
    package func charge(_ dollars: Double, to agent: String) {
        self.state.withLock { state in
            state.session.spent += dollars
            state.agents[agent, default: Account()].spent += dollars
        }
    }

    /// Replaces what was held by what it cost; zero releases it.
    package func settle(_ reservation: Reservation, costUSD: Double) {
        self.state.withLock { state in
            state.session.reserved -= reservation.amountUSD
            state.session.spent += costUSD
            state.agents[reservation.agent, default: Account()].reserved -= reservation.amountUSD
            state.agents[reservation.agent, default: Account()].spent += costUSD
        }
    }
}
