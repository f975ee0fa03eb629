import LoomKernel

/// One part of an agent's window.
struct ZoneView {
    let name: String
    /// What the part is, for whoever points at it.
    let meaning: String
    let used: String
    let budget: String
    /// Percent of the whole window.
    let share: Int
    let isOver: Bool

    init(_ use: ZoneUse, limit: Int) {
        self.name = use.zone.rawValue
        self.meaning =
            switch use.zone {
            case .system: "the role's prompt"
            case .tools: "what the tools are and take"
            case .rules: "the project's own rules"
            case .history: "earlier turns"
            case .tail: "what came since the last reply"
            case .reply: "the last reply, of what is kept free for one"
            }
        self.used = Figures.short(use.used)
        self.budget = Figures.short(use.budget)
        self.share = Figures.percent(Double(use.used), of: Double(limit))
        self.isOver = use.isOver
    }
}
