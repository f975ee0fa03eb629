import LoomKernel
import LoomSystem

extension APIFunction {
    /// Other agents, tasks, messages, people.
    static let team: [APIFunction] = [
        ofHost(
            "team.spawn",
            [
                (
                    "request",
                    .table([
                        "team_name": .string, "purpose": .string.required,
                        "members": .list(.table(["name": .string, "role": .string.required, "model": .string])).required,
                    ]).required
                )
            ],
            returns: "table[]?, loom.Error?",
            text: "Asks for new members of the team; a person may be asked first. Gives back the agents."
        ) { (host, call) throws(ToolError) in
            .array(try await host.spawn(SpawnRequest(table: call.table("request"))).map(\.lua))
        },
        ofHost(
            "agent.self", returns: "{ name: string, role: string, team: string }",
            text: "Who acts: the agent that called the tool, or the service or command itself."
        ) {
            (host, _) throws(ToolError) in
            ["name": .string(host.agent.name), "role": .string(host.agent.role), "team": .string(host.agent.team)]
        },
        ofHost("agent.list", returns: "table[]", text: "The agents of the team.") { (host, _) throws(ToolError) in
            .array(await host.agents().map(\.lua))
        },
        ofHost(
            "agent.get", [("name", .string.required)], returns: "table?, loom.Error?", text: "One agent of the session, as it is now."
        ) { (host, call) throws(ToolError) in
            try await host.summary(of: call.text("name")).lua
        },
        ofHost(
            "team.list", returns: "{ name: string, agents: string[] }[]", text: "The teams of the session, with the names of their agents."
        ) { (host, _) throws(ToolError) in
            let teams = Dictionary(grouping: await host.agents(), by: \.team).sorted { $0.key < $1.key }
            return .array(teams.map { ["name": .string($0.key), "agents": .array($0.value.map { .string($0.name) })] })
        },
        control(.pause, "Holds an agent at its next boundary: no model call, no tool begins until it is resumed."),
        control(.resume, "Lets a paused agent go on."),
        control(.stop, "Cancels the turn of an agent; it stays and can be written to."),
        ofHost(
            "board.assign",
            [("task", .table(["title": .string.required, "description": .string, "agent": .string.required]).required)],
            returns: "table?, loom.Error?", text: "Puts a task on the board and gives it to an agent."
        ) { (host, call) throws(ToolError) in
            let task = call.table("task")
            return try await host.assign(
                title: task.text("title"), description: task.text("description"), to: task.text("agent")
            ).lua
        },
        ofHost(
            "board.complete", [("report", .table(["task": .string, "result": .string.required, "failed": .boolean]).required)],
            returns: "table?, loom.Error?",
            text: "Ends a task with its result; without `task` it is the agent's only open one."
        ) { (host, call) throws(ToolError) in
            let report = call.table("report")
            return try await host.complete(
                task: report["task"]?.stringValue, result: report.text("result"), failed: report["failed"]?.boolValue ?? false
            ).lua
        },
        ofHost("board.list", returns: "table[]", text: "The tasks of the board.") { (host, _) throws(ToolError) in
            .array(await host.tasks().map(\.lua))
        },
        ofHost(
            "board.get", [("id", .string.required)], returns: "table?, loom.Error?", text: "One task of the board."
        ) { (host, call) throws(ToolError) in
            guard let task = await host.tasks().first(where: { $0.id == call.text("id") }) else {
                throw ToolError("There is no task \(call.text("id")).", code: "not_found")
            }
            return task.lua
        },
        ofHost(
            "inbox.list",
            returns: "{ id: string, from: string, kind: string, urgent: boolean, text: string, time: string }[]?, loom.Error?",
            text: "What whoever acts has not read yet, at most 50 messages, urgent ones first. It does not count as reading them."
        ) { (host, _) throws(ToolError) in
            .array(try await host.unread().map(\.lua))
        },
        ofHost(
            "inbox.send", [("message", .table(["to": .string.required, "text": .string.required, "urgent": .boolean]).required)],
            returns: "{ id: string, to: string, receipt: string }?, loom.Error?",
            text: "Writes to another agent. It reads the message at its next step."
        ) { (host, call) throws(ToolError) in
            let message = call.table("message")
            let item = try await host.send(
                to: message.text("to"), message.text("text"), urgent: message["urgent"]?.boolValue ?? false)
            return ["id": .string(item.id.description), "to": .string(item.to), "receipt": "queued"]
        },
        ofHost(
            "ask.user", [("question", .table(["question": .string.required, "options": .list(.string)]).required)],
            returns: "string?, loom.Error?", text: "Asks the person, and waits for the answer. The call's deadline stands still."
        ) { (host, call) throws(ToolError) in
            let question = call.table("question")
            let options = question["options"]?.arrayValue?.compactMap(\.stringValue) ?? []
            return .string(try await host.ask(question.text("question"), options: options))
        },
    ]

    private static func control(_ control: ToolHost.Control, _ text: String) -> APIFunction {
        ofHost(
            "agent.\(control.rawValue)", [("name", .string.required)], returns: "boolean?, loom.Error?",
            text: text + " It asks the permission engine for `control NAME`."
        ) { (host, call) throws(ToolError) in
            try await host.control(call.text("name"), control)
            return true
        }
    }
}
