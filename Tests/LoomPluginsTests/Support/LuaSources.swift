/// Short plugins for tests.
enum LuaSources {
    /// A tool whose `run` has this body.
    static func tool(_ body: String, parameters: String = "{}", fields: String = "") -> String {
        "return { api = 1, description = 'a tool', parameters = \(parameters), \(fields) run = function(args, ctx) \(body) end }"
    }

    static func role(tools: String = "{}", prompt: String = "coder", fields: String = "") -> String {
        "return { api = 1, description = 'a role', prompt = '\(prompt)', tools = \(tools), \(fields) }"
    }
}
