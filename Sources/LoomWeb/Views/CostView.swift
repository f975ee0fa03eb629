import LoomKernel
import LoomSystem

/// What model calls used and cost, as a table.
struct CostView {
    /// The ways to group, as links.
    struct Choice {
        let name: String
        let isChosen: Bool
    }

    struct Line {
        let key: String
        let name: String
        let calls: String
        let sent: String
        let cached: String
        let output: String
        let cost: String
        let unpriced: String?

        init(_ row: CostReport.Row, group: CostReport.Group) {
            self.key = "cost-\(row.name)"
            self.name = row.name.isEmpty ? "no \(group.rawValue)" : row.name
            self.calls = Figures.grouped(row.calls)
            self.sent = Figures.grouped(row.usage.total - row.usage.output)
            self.cached = row.usage.cached.map { "\(Int(($0 * 100).rounded())) %" } ?? "–"
            self.output = Figures.grouped(row.usage.output)
            self.cost = Figures.dollars(row.costUSD)
            self.unpriced = row.unpriced > 0 ? "\(row.unpriced) without a known price" : nil
        }
    }

    let group: String
    let choices: [Choice]
    let lines: [Line]
    let total: Line
    let isEmpty: Bool

    init(_ report: CostReport) {
        self.group = report.by.rawValue
        // A page shows one session.
        self.choices = CostReport.Group.allCases.filter { $0 != .session }.map { Choice(name: $0.rawValue, isChosen: $0 == report.by) }
        self.lines = report.rows.map { Line($0, group: report.by) }
        self.total = Line(report.total, group: report.by)
        self.isEmpty = report.rows.isEmpty
    }
}
