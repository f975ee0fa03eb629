extension PluginShape {
    static let tool = PluginShape(
        .tool, "Something an agent can call.",
        [
            .required("description", "string", "What the model reads to decide whether to call it."),
            .optional("parameters", "table<string, loom.Parameter>", "The arguments by name. They are checked and coerced before `run`."),
            .optional(
                "access",
                "table<loom.AccessKind, string|string[]>|fun(args: table): { kind: loom.AccessKind, target: string }[]",
                "What a call touches: for each kind the arguments that hold its targets, or a function. Permission is asked before `run`."),
            .optional(
                "run", "fun(args: table, ctx: loom.ToolContext): string|number|boolean|loom.ToolResult|nil",
                "Does it. A tool has `run` or `forward`."),
            .optional(
                "forward", "fun(args: table): { tool: string, arguments: table? }",
                "The call that is passed on: that tool's checks, hooks and permissions hold, and people see that tool."),
            .optional("parallel", "boolean", "May run beside other parallel calls of the same reply. Default false."),
            .optional("read_only", "boolean", "Running it twice changes nothing, so an interrupted call is run again. Default false."),
            .optional("deadline", "number", "Seconds a call may take; while a person is waited for the clock stands still. Default 600."),
            .optional("roles", "string|string[]", "The roles that have it besides those that list it."),
            .optional("summary", "string|fun(args: table): string", "One line for people: the name of an argument, or a function."),
        ])

    static let provider = PluginShape(
        .provider, "A way to a model: `request` and `decode`, or `stream`.",
        [
            .optional("vendor", "string", "Its name for people."),
            .optional("dialect", "string", "What it speaks, such as `openai-chat`: endpoints of the configuration name it."),
            .optional("credentials", "loom.Credentials", "Where the key and the server's address come from."),
            .optional("sign_in", "loom.SignIn", "How people sign in at the vendor by the browser, in place of a key."),
            .optional("default_model", "string", "Used when none is named and this is the first provider with a key."),
            .optional("request", "fun(call: loom.ModelCall): loom.ModelRequest", "What to send."),
            .optional(
                "decode", "fun(event: { event: string?, data: string }, emit: fun(event: loom.ModelEvent), state: table)",
                "What an event of the answer means, whatever its framing; `state` belongs to this call, and has `call`."),
            .optional(
                "failure", "fun(status: integer, headers: table<string, string>, body: string): loom.ModelFailure?",
                "What an answer that is no success means."),
            .optional(
                "answer", "fun(body: string, emit: fun(event: loom.ModelEvent), state: table)",
                "What a JSON document means that came in place of a stream: some servers stream nothing."),
            .optional(
                "models",
                "{ request: (fun(call: { base_url: string }): loom.ModelRequest), decode: (fun(body: string): loom.ModelFacts[]) }",
                "How its server is asked which models there are, by GET where nothing else is said, and what it answers."),
            .optional("stream", "fun(call: loom.ModelCall, emit: fun(event: loom.ModelEvent))", "Makes the reply itself."),
        ])

    static let service = PluginShape(
        .service, "Acts by itself, on signals and by the clock: one thing at a time.",
        [
            .optional("description", "string", "What it is for."),
            .optional(
                "subscribe", "table<string, fun(signal: loom.Signal)>",
                "Handlers by topic, such as `**/tool.finished`. Only kept signals come, each once, in their order; not its own."),
            .optional("every", "table<number, fun()>", "What runs again and again, by the seconds between."),
            .optional("start", "fun()", "Runs first."),
            .optional("stop", "fun()", "Runs last, before a newer version starts too."),
            .optional("deadline", "number", "Seconds for each of these functions. Default 60."),
        ])

    static let command = PluginShape(
        .command, "A command that a person types as `/NAME`.",
        [
            .required("description", "string", "One line for /help."),
            .optional("usage", "string", "Such as `/standup [AGENT]`."),
            .optional("complete", "fun(word: string, session: loom.Session): string[]", "What the word begun may become."),
            .required(
                "run", "fun(args: { text: string, words: string[] }, session: loom.Session): string|loom.ToolResult|nil",
                "Does it; the text is what the person reads."),
            .optional("deadline", "number", "Seconds. Default 600."),
        ])

    static let panel = PluginShape(
        .panel, "A part of the page.",
        [
            .required("title", "string", "What stands above it."),
            .optional("description", "string", "What it is for."),
            .optional("refresh_on", "string|string[]", "Topics of signals after which it is drawn again."),
            .required(
                "render", "fun(snapshot: loom.Session): string|loom.Node|(string|loom.Node)[]",
                "What it shows, made with `loom.html`. Two seconds at most."),
        ])

    static let hook = PluginShape(
        .hook, "Stands in the way of tool and model calls: each function returns nil to let it pass, or what it says.",
        [
            .optional("description", "string", "What it is for."),
            .optional("tools", "string|string[]", "The tools whose calls it judges. Without it: all."),
            .optional(
                "before_tool", "fun(call: loom.HookCall): { arguments: table?, refuse: string?, ask: string? }?",
                "Before the permission engine judges a call."),
            .optional(
                "after_tool",
                "fun(call: loom.HookCall, result: { text: string, status: string }): { text: string?, refuse: string?, ask: string? }?",
                "Before the model reads a result."),
            .optional(
                "before_model", "fun(request: loom.HookRequest): { note: string?, refuse: string?, ask: string? }?",
                "Before a model is asked; the note stands at the end."),
            .optional(
                "after_model", "fun(reply: loom.HookReply): { text: string?, refuse: string?, ask: string? }?",
                "Before a model's reply counts; its calls stay."),
            .optional("on_fault", "\"refuse\"|\"ignore\"", "What a fault of the hook's own means. Default refuse."),
            .optional("deadline", "number", "Seconds. Default 5."),
        ])

    static let role = PluginShape(
        .role, "Who an agent is.",
        [
            .required("description", "string", "What the role is for."),
            .optional("prompt", "string", "The name of its prompt. Default: the role's own name."),
            .optional("tools", "string|string[]", "What it may call."),
            .optional("model", "\"default\"|\"fast\"|\"strong\"|string", "A tier of the configuration, or `provider:model`."),
            .optional(
                "edit_model", "\"default\"|\"fast\"|\"strong\"|string",
                "The model that carries out what `model` said in the first reply of a turn. When its calls fail, `model` is asked again."),
            .optional("model_settings", "loom.ModelSettings", "How the model is asked: effort, temperature and the like."),
            .optional("max_turns", "integer", "Model replies in one turn."),
        ])

    static let scenario = PluginShape(
        .scenario, "A script for the scripted model.", api: false,
        [
            .optional("roles", "table<string, loom.Steps>", "Steps by role; every agent of the role plays them."),
            .optional("agents", "table<string, loom.Steps>", "Steps by an agent's name; they come before those of its role."),
            .optional("waiting", "string", "What is said while the `when` of a step has not come."),
            .optional("ended", "string", "What is said after the last step."),
            .optional("delay", "number", "Seconds between the pieces of streamed text."),
        ])
}
