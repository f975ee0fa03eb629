import LoomKernel

/// Something a person can tell the program rather than an agent.
enum REPLCommand: Sendable, Hashable {
    case help(String?)
    case agents
    case spawn(role: String, name: String?)
    case remove(String)
    case context(String?)
    case tasks
    case pause(String?)
    case resume(String?)
    case stop(String?)
    case model(agent: String?, model: String?)
    case permissions
    case setPermissions(TrustPreset)
    case revoke(Int)
    case plugins(String?)
    case reload(String?, now: Bool)
    case rollback(plugin: String, generation: Int?)
    case cost(CostReport.Group)
    case show(Int?)
    case page
    case quit
}

/// What the table and `/help` say about a command.
struct CommandHelp: Sendable, Hashable {
    let name: String
    let usage: String
    /// One line.
    let summary: String
    /// A line that works as it stands.
    let example: String
    var aliases: [String] = []
    /// What `/help NAME` says beside: lines of at most 76 columns.
    var notes: [String] = []

    static let all: [CommandHelp] = [
        .init(name: "agents", usage: "/agents", summary: "who is there, doing what, at what cost", example: "/agents"),
        .init(name: "context", usage: "/context [AGENT]", summary: "what fills the window of one or all, by part", example: "/context"),
        .init(
            name: "spawn", usage: "/spawn ROLE [NAME]", summary: "add an agent to the team", example: "/spawn coder ada",
            notes: [
                "Roles are in «loomkin roles»; without a name the agent gets one.",
                "The agent waits for a message: «@NAME TEXT».",
            ]),
        .init(
            name: "remove", usage: "/remove AGENT", summary: "end its membership; the log keeps it", example: "/remove ada",
            notes: ["Who gave it a task that is still open hears so. The lead stays."]),
        .init(name: "tasks", usage: "/tasks", summary: "the board: what is assigned, done, failed", example: "/tasks"),
        .init(
            name: "pause", usage: "/pause [AGENT]", summary: "hold one or all at the next step", example: "/pause",
            notes: ["Running calls end, no new one begins, no model is asked. /resume goes on."]),
        .init(name: "resume", usage: "/resume [AGENT]", summary: "let one or all go on", example: "/resume"),
        .init(
            name: "stop", usage: "/stop [AGENT]", summary: "end the turn under way; the agent stays", example: "/stop",
            notes: ["An agent for which a message waits goes on with that; /pause holds it."]),
        .init(
            name: "model", usage: "/model [AGENT|TEAM|TEXT] [PROVIDER:MODEL]", summary: "list, search or change models",
            example: "/model",
            notes: [
                "Alone: models in use and models you can use. TEXT: those whose name holds it.",
                "With a model: for one agent, a team, or all, from the next call on;",
                "a team's and everybody's model is also that of agents to come.",
            ]),
        .init(
            name: "permissions", usage: "/permissions [PRESET | revoke N]",
            summary: "ask, read-only, edit, full; or take back", example: "/permissions ask",
            notes: [
                "Alone: preset, rules and grants, with their numbers for «revoke N».",
                "A preset that decides open questions answers them.",
            ]),
        .init(
            name: "plugins", usage: "/plugins [NAME]", summary: "what is loaded, from where, what failed", example: "/plugins",
            notes: ["With a name: its versions, its file, and the traceback of its last failure."]),
        .init(
            name: "reload", usage: "/reload [PLUGIN] [--now]", summary: "load anew; --now: tool lists too", example: "/reload file_read",
            notes: [
                "Without a name all files are looked at. Saving a file reloads it by itself;",
                "with --now agents get changed lists of tools at the next call, uncached.",
            ]),
        .init(
            name: "rollback", usage: "/rollback PLUGIN [GENERATION]", summary: "put an earlier text of it back",
            example: "/rollback file_read",
            notes: ["Without a number the one before. The text is put back into its file."]),
        .init(
            name: "cost", usage: "/cost [agent|team|task|model|purpose]", summary: "tokens and dollars so far", example: "/cost model",
            notes: ["By agent when nothing is asked; and what came from the vendor's cache."]),
        .init(
            name: "show", usage: "/show [N]", summary: "past tool calls; arguments and output of one", example: "/show",
            notes: ["Alone: the last calls with their numbers, refused ones too."]),
        .init(name: "page", usage: "/page", summary: "address of the status page", example: "/page"),
        .init(name: "help", usage: "/help [COMMAND]", summary: "this, or more about one command", example: "/help spawn"),
        .init(name: "quit", usage: "/quit", summary: "leave (so does Ctrl-D on an empty line)", example: "/quit", aliases: ["exit", "q"]),
    ]

    /// By its name or an alias.
    static func named(_ name: String) -> CommandHelp? { self.all.first { $0.name == name || $0.aliases.contains(name) } }

    /// What `/help` prints: fits a screen of 24 lines. On a narrow one each summary stands below its command.
    /// - Parameter added: names of the commands that plugins add.
    static func overview(added: [String] = [], marks: Marks, isNarrow: Bool = false) -> [String] {
        let width = 34
        let rows =
            [
                ("TEXT", "goes to the lead; end a line with \\ to go on"), ("@NAME TEXT", "goes to that agent"),
                ("!COMMAND", "runs a shell command of your own"),
            ] + self.all.filter { $0.name != "help" }.map { ($0.usage, $0.summary) }
        let plugins = added.isEmpty ? "" : " Plugins add: " + added.sorted().map { "/" + $0 }.joined(separator: ", ")
        let more = "  /help COMMAND says more about one." + plugins
        let table =
            isNarrow
            ? rows.flatMap { ["  " + $0, "      " + $1] } : rows.map { "  " + $0.padded(to: max(width, $0.columns + 2)) + $1 }
        return table + [
            more.fitted(to: 80, mark: marks.ellipsis),
            "  A question: y, n, a(lways), v(iew); Enter refuses; «2 y» answers number 2.",
            "  Ctrl-C stops the turn, twice leaves. Tab completes. After a space all is text.",
        ]
    }

    var details: [String] {
        ["  \(self.usage)", "  \(self.summary)"] + self.notes.map { "  \($0)" } + ["  example: \(self.example)"]
    }
}
