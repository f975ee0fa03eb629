import LoomKernel

/// One agent of the list, and the head of its own page.
struct AgentView {
    let name: String
    let href: String
    /// Where commands to it go.
    let action: String
    let hue: String
    let role: String
    let team: String
    let model: String
    /// A class of the stylesheet.
    let state: String
    let stateWord: String
    let activity: String?
    let used: String
    let limit: String
    let share: Int
    let isNearlyFull: Bool
    let exactWindow: String
    let zones: [ZoneView]
    let hasZones: Bool
    let tokens: String
    let exactTokens: String
    let cost: String
    let queued: Int
    let hasQueued: Bool
    let isPaused: Bool
    let isBusy: Bool

    init(_ agent: AgentSummary) {
        self.name = agent.name
        self.href = "/agents/\(PathSegment.encode(agent.name))"
        self.action = "\(Routes.api)agents/\(PathSegment.encode(agent.name))"
        self.hue = Hue.of(agent.name)
        self.role = agent.role
        self.team = agent.team
        self.model = agent.model
        self.state = agent.state.rawValue
        self.stateWord = agent.state.words
        self.activity = agent.activity.flatMap { $0.isEmpty ? nil : $0 }
        self.used = Figures.short(agent.contextUsed)
        self.limit = Figures.short(agent.contextLimit)
        self.share = Figures.percent(Double(agent.contextUsed), of: Double(agent.contextLimit))
        self.isNearlyFull = self.share >= 75
        self.exactWindow = "\(Figures.grouped(agent.contextUsed)) of \(Figures.grouped(agent.contextLimit)) tokens"
        self.zones = agent.context.map { ZoneView($0, limit: agent.contextLimit) }
        self.hasZones = !self.zones.isEmpty
        self.tokens = Figures.short(agent.usage.total)
        self.exactTokens =
            "\(Figures.grouped(agent.usage.input)) in, \(Figures.grouped(agent.usage.output)) out, "
            + "\(Figures.grouped(agent.usage.cacheRead)) from cache, \(Figures.grouped(agent.usage.cacheWrite)) to cache"
        self.cost = agent.costUSD == 0 && agent.unpricedCalls > 0 ? "unpriced" : Figures.dollars(agent.costUSD)
        self.queued = agent.queued
        self.hasQueued = agent.queued > 0
        self.isPaused = agent.state == .paused
        self.isBusy = agent.state.isBusy
    }
}
