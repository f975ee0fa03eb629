import ArgumentParser

struct Loomkin: AsyncParsableCommand {
    static let version = "0.1.0"

    // Every command says its name: to derive one from its type takes a fifth of a millisecond each at every start.
    static let configuration = CommandConfiguration(
        commandName: "loomkin",
        abstract: "Run a team of AI coding agents from one terminal.",
        discussion: """
            Without a command it opens the REPL: loomkin [-C DIR] [--model PROVIDER:MODEL] [--resume [ID]]. «loomkin help chat» has \
            all its options.

            Exit codes: 0 done; 1 the agent failed or gave up; 2 wrong usage or configuration; 3 budget or turn limit; \
            4 a permission was needed and nobody could answer; 5 model unavailable; 130 interrupted.
            """,
        version: "loomkin \(version)",
        subcommands: [
            Chat.self, Run.self, Serve.self, Demo.self, Trust.self, Plugin.self, Tools.self, Roles.self, Prompt.self, Models.self,
            Providers.self, Login.self, Logout.self, Auth.self,
            Sessions.self, Cost.self, Doctor.self, Completions.self, OutlineSource.self,
        ],
        defaultSubcommand: Chat.self)
}

/// Options that every command on a project has.
struct ProjectOptions: ParsableArguments {
    @Option(
        name: [.customShort("C"), .customLong("directory")],
        help: ArgumentHelp("The project's folder. Default: the current one.", valueName: "dir"))
    var directory = "."
}

/// Of every command that can go on with a session.
struct ResumeOption: ParsableArguments {
    @Flag(name: .long, help: "Go on with a stored session: the latest, or the one whose id follows.")
    var resume = false
}

/// Options of every command that runs agents.
struct SessionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("PROVIDER:MODEL, for example anthropic:claude-sonnet-5-5.", valueName: "model"))
    var model: String?

    @Option(name: .long, help: ArgumentHelp("ask, read-only, edit or full. Default: the configuration's, else ask.", valueName: "preset"))
    var permissions: String?

    @Option(name: .long, help: ArgumentHelp("Dollars this session may spend.", valueName: "usd"))
    var budget: String?

    @Option(name: .customLong("max-turns"), help: ArgumentHelp("Model replies in one turn of an agent.", valueName: "n"))
    var maxTurns: String?

    @Option(name: .long, help: ArgumentHelp("Keep what is sent to models and comes back in this file, without secrets.", valueName: "file"))
    var record: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Answer from a file of --record and ask nobody; the same as --model replay:FILE.", valueName: "file"))
    var replay: String?

    /// As a layer of the configuration.
    var entries: [(key: String, text: String, origin: String)] {
        [
            ("model.default", self.model, "--model"), ("permissions.preset", self.permissions, "--permissions"),
            ("budget.session_usd", self.budget, "--budget"), ("limits.max_turns", self.maxTurns, "--max-turns"),
        ].compactMap { key, text, origin in text.map { (key, $0, origin) } }
    }
}
