import LoomKernel
import LoomSystem

/// One thing a human is asked, with the buttons that answer it.
struct QuestionView {
    let id: String
    let action: String
    let agent: String
    /// Nil where a plugin asks that is no agent.
    let agentHref: String?
    let hue: String
    let title: String
    let why: String?
    let detail: [DiffLine]
    let hasDetail: Bool
    let always: String?
    let isGate: Bool
    let options: [String]
    let when: Moment

    init(_ question: Question, agents: [AgentSummary], now: Timestamp) {
        self.id = question.id.description
        self.action = "\(Routes.api)questions/\(question.id)"
        self.agent = question.agent
        self.agentHref = agents.contains { $0.name == question.agent } ? "/agents/\(PathSegment.encode(question.agent))" : nil
        self.hue = Hue.of(question.agent)
        self.title = question.title
        self.why = question.why.isEmpty ? nil : question.why
        self.detail = DiffLine.lines(of: question.detail)
        self.hasDetail = !question.detail.isEmpty
        self.always = question.always
        self.isGate = question.kind != .choice
        self.options = question.kind == .choice ? question.options : []
        self.when = Moment(question.time, now: now)
    }
}

/// A line of code or of a diff; added and removed ones have a class of their own and keep their sign, so colour is not alone.
struct DiffLine: Equatable {
    let text: String
    let kind: String

    /// Lines of a text; only a text that looks like a diff is coloured.
    static func lines(of text: String) -> [DiffLine] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let isDiff = lines.contains { $0.hasPrefix("@@ ") } || lines.contains { $0.hasPrefix("+++ ") }
        return lines.map { line in
            let kind =
                switch line.first {
                case "+" where isDiff && line.hasPrefix("+++ "), "-" where isDiff && line.hasPrefix("--- "): "place"
                case "+" where isDiff: "added"
                case "-" where isDiff: "removed"
                case "@" where isDiff: "place"
                default: "same"
                }
            return DiffLine(text: String(line), kind: kind)
        }
    }
}
