import LoomSystem

@testable import LoomKernel

/// Values with one interesting field each.
enum Samples {
    static func agent(_ name: String = "ada", state: AgentStatus = .thinking, activity: String? = nil) -> AgentSummary {
        AgentSummary(
            name: name, role: "coder", team: "core", model: "scripted:demo", state: state, activity: activity, contextUsed: 12_345,
            contextLimit: 200_000,
            context: [.init(zone: .tools, used: 41_000, budget: 30_000), .init(zone: .tail, used: 9_500, budget: 50_000)],
            usage: Usage(input: 10_000, output: 2_000), costUSD: 0.06, queued: 1)
    }

    static func question(
        _ id: ID, kind: Question.Kind = .permission, title: String = "ada wants to edit src/lexer.py", detail: String = "",
        why: String = "ask write (preset ask)", always: String? = "allow file_edit src/**", options: [String] = []
    ) -> Question {
        Question(
            id: id, kind: kind, agent: "ada", call: "c1", title: title, detail: detail, why: why, always: always, options: options,
            time: Timestamp(seconds: 1_767_225_600))
    }

    static func task(_ title: String = "Fix the lexer", status: TaskSummary.Status = .active) -> TaskSummary {
        TaskSummary(id: "t1", title: title, description: "Keep the message.", status: status, assignee: "ada", creator: "lead", result: "")
    }

    static func started(_ call: String = "c1", summary: String = "src/lexer.py") -> ToolStarted {
        ToolStarted(agent: "ada", call: call, tool: "file_edit", summary: summary, generation: 4, arguments: ["file_path": "src/lexer.py"])
    }

    static func finished(_ call: String = "c1", status: ToolResult.Status = .ok, text: String = "done") -> ToolFinished {
        ToolFinished(
            agent: "ada", call: call, tool: "file_edit", summary: "src/lexer.py", status: status, text: text, milliseconds: 12,
            generation: 4)
    }

    static func plugin(_ name: String, error: String? = nil) -> PluginSummary {
        PluginSummary(
            name: name, kind: "tool", root: "bundled", path: "tools/\(name).lua", generation: 5, shadows: [],
            status: error == nil ? "live" : "failed", error: error, calls: 12, running: 1)
    }
}
