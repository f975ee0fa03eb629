/// A table that plugins hand over or are handed, as editors know it.
struct LuaClass: Sendable {
    let name: String
    let text: String
    /// Name and type; a name with `?` may be missing.
    let fields: [(name: String, type: String)]

    private static let modelSettings: [(name: String, type: String)] = [
        ("effort?", "\"none\"|\"low\"|\"medium\"|\"high\""), ("temperature?", "number"), ("top_p?", "number"), ("stop?", "string[]"),
        ("tool_choice?", "\"auto\"|\"none\"|\"required\""), ("max_output_tokens?", "integer"), ("output_schema?", "table"),
    ]

    static let all: [LuaClass] = [
        LuaClass(name: "loom.ModelSettings", text: "How a model is asked, where its vendor's defaults will not do.", fields: modelSettings),
        LuaClass(
            name: "loom.Error", text: "The `err` of `nil, err`. As a string it is its message.",
            fields: [("code", "string"), ("message", "string"), ("hint?", "string")]),
        LuaClass(
            name: "loom.Parameter", text: "An argument of a tool, or a part of one.",
            fields: [
                ("type", "\"string\"|\"integer\"|\"number\"|\"boolean\"|\"array\"|\"object\""), ("description?", "string"),
                ("required?", "boolean"), ("enum?", "any[]"), ("default?", "any"), ("minimum?", "number"), ("maximum?", "number"),
                ("items?", "loom.Parameter"), ("properties?", "table<string, loom.Parameter>"),
            ]),
        LuaClass(
            name: "loom.ToolContext", text: "Who calls a tool.",
            fields: [("agent", "string"), ("role", "string"), ("team", "string"), ("call", "string")]),
        LuaClass(
            name: "loom.ToolResult", text: "What the model reads, what is for programs, and whether it is a failure.",
            fields: [("text", "string"), ("data?", "any"), ("error?", "boolean"), ("attachments?", "string[]")]),
        LuaClass(
            name: "loom.Credentials", text: "Where a provider's key and address come from.",
            fields: [
                ("key_env?", "string|string[]"), ("base_url?", "string"), ("base_url_env?", "string|string[]"), ("optional?", "boolean"),
                ("kind?", "\"key\"|\"aws\"|\"google_service_account\""), ("service?", "string"),
                ("settings?", "table<string, string|string[]|loom.CallSetting>"),
            ]),
        LuaClass(
            name: "loom.CallSetting", text: "Where something about a provider's account comes from that is no secret.",
            fields: [
                ("env?", "string|string[]"), ("default?", "string"), ("optional?", "boolean"), ("base_urls?", "table<string, string>"),
            ]),
        LuaClass(
            name: "loom.SignIn",
            text:
                "How people sign in at a vendor: OAuth 2 with PKCE. The browser comes back to this machine, or shows a code to be pasted.",
            fields: [
                ("authorize_url", "string"), ("token_url", "string"), ("revoke_url?", "string"), ("client_id?", "string"),
                ("client_id_env?", "string|string[]"), ("client_secret_env?", "string|string[]"), ("scopes?", "string[]"),
                ("redirect?", "\"loopback\"|\"paste\""), ("redirect_url?", "string"), ("host?", "\"127.0.0.1\"|\"localhost\""),
                ("port?", "integer"), ("path?", "string"), ("parameters?", "table<string, string>"), ("token_format?", "\"form\"|\"json\""),
                ("headers?", "table<string, string>"), ("base_url?", "string"),
            ]),
        LuaClass(
            name: "loom.ModelCall", text: "One call of a model.",
            fields: [
                ("id", "string"), ("model", "string"), ("system", "string"),
                ("tools", "{ name: string, description: string, parameters: table }[]"), ("messages", "loom.Message[]"),
                ("agent", "string"), ("role", "string"), ("step", "integer"), ("purpose", "string"), ("base_url?", "string"),
                ("settings", "table<string, string>"), ("cache_key?", "string"), ("signed_in?", "boolean"), ("facts?", "loom.ModelFacts"),
            ] + modelSettings),
        LuaClass(
            name: "loom.ModelFacts", text: "What is known of a model; what is missing nobody says.",
            fields: [
                ("name?", "string"), ("context?", "integer"), ("max_output?", "integer"), ("tools?", "boolean"), ("vision?", "boolean"),
                ("input_usd?", "number"), ("output_usd?", "number"), ("cache_read_usd?", "number"), ("cache_write_usd?", "number"),
                ("reasoning?", "boolean"), ("caching?", "boolean"), ("api?", "\"chat\"|\"responses\""),
                ("thinking?", "\"always\"|\"default\""), ("efforts?", "string[]"), ("sampling?", "boolean"),
            ]),
        LuaClass(
            name: "loom.Message", text: "A message of a conversation.",
            fields: [("author", "\"user\"|\"assistant\""), ("parts", "loom.Part[]"), ("model?", "string")]),
        LuaClass(
            name: "loom.Part", text: "A piece of a message; which fields there are depends on its type.",
            fields: [
                ("type", "\"text\"|\"thinking\"|\"tool_call\"|\"tool_result\"|\"image\"|\"document\""), ("text?", "string"),
                ("signature?", "string"), ("media_type?", "string"), ("data?", "string"),
                ("id?", "string"), ("name?", "string"), ("arguments?", "table"), ("malformed?", "boolean"), ("call?", "string"),
                ("is_error?", "boolean"),
            ]),
        LuaClass(
            name: "loom.ModelRequest", text: "What to send. `{{key}}` in a header stands for the key.",
            fields: [("url", "string"), ("method?", "string"), ("headers?", "table<string, string>"), ("body?", "table|string")]),
        LuaClass(
            name: "loom.ModelEvent", text: "A piece of a model's reply; which fields there are depends on its type.",
            fields: [
                ("type", "\"text\"|\"thinking\"|\"tool_call\"|\"usage\"|\"stop\"|\"error\""), ("text?", "string"), ("signature?", "string"),
                ("index?", "integer"), ("id?", "string"), ("name?", "string"), ("arguments?", "string"), ("input?", "integer"),
                ("output?", "integer"), ("cache_read?", "integer"), ("cache_write?", "integer"), ("reasoning?", "integer"),
                ("reason?", "loom.StopReason"),
                ("kind?", "loom.FailureKind"), ("message?", "string"), ("retry_after?", "number"),
            ]),
        LuaClass(
            name: "loom.ModelFailure", text: "Why a model's server gave no reply.",
            fields: [("kind", "loom.FailureKind"), ("message", "string"), ("hint?", "string"), ("retry_after?", "number")]),
        LuaClass(
            name: "loom.Signal", text: "Something that happened.",
            fields: [
                ("sequence", "integer"), ("id", "string"), ("type", "loom.SignalType|string"), ("source", "string"), ("topic", "string"),
                ("time", "string"), ("data", "table"), ("subject?", "string"), ("team?", "string"), ("cause?", "string"),
            ]),
        LuaClass(
            name: "loom.Agent", text: "An agent as people see it.",
            fields: [
                ("name", "string"), ("role", "string"), ("team", "string"), ("model", "string"), ("state", "string"),
                ("activity?", "string"),
            ]),
        LuaClass(
            name: "loom.Task", text: "A task of the board.",
            fields: [
                ("id", "string"), ("title", "string"), ("description", "string"), ("status", "string"), ("assignee", "string"),
                ("creator", "string"), ("result", "string"),
            ]),
        LuaClass(
            name: "loom.Session", text: "A session as commands and panels see it.",
            fields: [
                ("session", "string"), ("directory", "string"), ("agents", "loom.Agent[]"), ("tasks", "loom.Task[]"),
                ("questions", "table[]"), ("usage", "table<string, integer>"), ("cost_usd", "number"), ("budget_usd?", "number"),
                ("permissions", "string"), ("model?", "string"),
            ]),
        LuaClass(
            name: "loom.Node", text: "A piece of a panel, made by a function of `loom.html`.",
            fields: [("tag", "string"), ("attributes", "table<string, string|number>"), ("children", "(string|loom.Node)[]")]),
        LuaClass(
            name: "loom.HookCall", text: "A tool call as hooks see it.",
            fields: [
                ("tool", "string"), ("arguments", "table"), ("call", "string"), ("agent", "string"), ("role", "string"),
                ("team", "string"), ("text?", "string"), ("status?", "string"),
            ]),
        LuaClass(
            name: "loom.HookRequest", text: "A model call as hooks see it.",
            fields: [
                ("agent", "string"), ("role", "string"), ("team", "string"), ("call", "string"), ("model", "string"),
                ("purpose", "string"), ("step", "integer"), ("system", "string"), ("tools", "string[]"), ("latest", "string"),
            ]),
        LuaClass(
            name: "loom.HookReply", text: "A model's reply as hooks see it.",
            fields: [
                ("agent", "string"), ("role", "string"), ("team", "string"), ("call", "string"), ("model", "string"),
                ("purpose", "string"), ("step", "integer"), ("text", "string"), ("calls", "{ tool: string, arguments: table }[]"),
            ]),
        LuaClass(
            name: "loom.ModelAnswer", text: "What a model answered a plugin; `cost` is in dollars.",
            fields: [
                ("text", "string"), ("model", "string"), ("stop", "loom.StopReason"), ("usage", "table<string, integer>"),
                ("cost?", "number"),
            ]),
        LuaClass(
            name: "loom.Step", text: "One reply of the scripted model.",
            fields: [
                ("text?", "string|string[]"), ("thinking?", "string"), ("calls?", "table[]"), ("when?", "string|string[]"),
                ("expect?", "string|function"), ("error?", "table"), ("delay?", "number"), ("usage?", "table<string, integer>"),
                ("stop?", "loom.StopReason"),
            ]),
    ]
}
