import LoomKernel
import LoomSystem

/// One tool call: what it was asked and what came of it.
struct CallView {
    let id: String
    let agent: String
    let agentHref: String
    let hue: String
    let tool: String
    let generation: Int
    let summary: String
    let arguments: String
    let isRunning: Bool
    let status: String
    let tone: String
    let took: String?
    let output: [DiffLine]
    let hasOutput: Bool

    init(started: ToolStarted, finished: ToolFinished?) {
        self.id = started.call
        self.agent = started.agent
        self.agentHref = "/agents/\(PathSegment.encode(started.agent))"
        self.hue = Hue.of(started.agent)
        self.tool = started.tool
        self.generation = started.generation
        self.summary = started.summary
        self.arguments = started.arguments.text(pretty: true)
        self.isRunning = finished == nil
        self.status =
            switch finished?.status {
            case nil: "running"
            case .ok: "done"
            case .error: "error"
            case .denied: "refused"
            case .timedOut: "out of time"
            case .cancelled: "cancelled"
            case .interrupted: "interrupted"
            }
        self.tone = finished.map { $0.status == .ok ? "good" : "bad" } ?? "plain"
        self.took = finished.map { Figures.span(milliseconds: $0.milliseconds) }
        self.output = DiffLine.lines(of: finished?.text ?? "")
        self.hasOutput = !(finished?.text ?? "").isEmpty
    }
}
