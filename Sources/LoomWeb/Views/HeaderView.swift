import LoomKernel

/// The top of every page: what is running, what it costs, and the two big buttons.
struct HeaderView {
    let project: String
    let teams: String
    /// `running`, `waiting`, `paused` or `idle`: a class of the stylesheet and a word for people.
    let state: String
    let cost: String
    let unpriced: String?
    let budget: String?
    let share: Int
    let isNearBudget: Bool
    let tokens: String
    let exactTokens: String
    let permissions: String
    let questions: Int
    let hasQuestions: Bool
    let canResume: Bool

    init(_ snapshot: Snapshot) {
        self.project = snapshot.directory.split(separator: "/").last.map(String.init) ?? snapshot.workspace
        let teams = Set(snapshot.agents.map(\.team)).filter { !$0.isEmpty }.sorted()
        self.teams = teams.isEmpty ? "no team yet" : teams.map { "\($0) team" }.joined(separator: ", ")
        self.state = Self.state(of: snapshot)
        self.cost = Figures.dollars(snapshot.costUSD)
        self.unpriced = snapshot.unpricedCalls > 0 ? "\(snapshot.unpricedCalls) calls of models without a known price" : nil
        self.budget = snapshot.budgetUSD.map(Figures.dollars)
        self.share = Figures.percent(snapshot.costUSD, of: snapshot.budgetUSD ?? 0)
        self.isNearBudget = self.share >= 80
        self.tokens = Figures.short(snapshot.usage.total)
        self.exactTokens = Figures.grouped(snapshot.usage.total)
        self.permissions = snapshot.permissions
        self.questions = snapshot.questions.count
        self.hasQuestions = !snapshot.questions.isEmpty
        self.canResume = snapshot.agents.contains { $0.state == .paused }
    }

    private static func state(of snapshot: Snapshot) -> String {
        if snapshot.agents.contains(where: { $0.state == .thinking || $0.state == .executing }) { return "running" }
        if !snapshot.questions.isEmpty { return "waiting" }
        if snapshot.agents.contains(where: { $0.state == .paused }) { return "paused" }
        return snapshot.agents.contains(where: \.state.isBusy) ? "running" : "idle"
    }
}
