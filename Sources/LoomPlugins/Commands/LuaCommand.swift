import LoomKernel
import LoomLua
import LoomSystem

/// A command's table, checked.
struct CommandDefinition: Sendable {
    let usage: String
    let description: String
    let complete: LuaFunction?
    let run: LuaFunction
    /// Seconds.
    let deadline: Double

    init(_ table: PluginTable) throws(PluginFault) {
        try table.check()
        usage = try table.optionalString("usage") ?? ""
        description = try table.string("description", "one line for /help")
        complete = try table.optionalFunction("complete")
        run = try table.function("run", "(args, session): what the command does")
        deadline = try table.positive("deadline") ?? 600
    }
}

/// A command written in Lua. One value is one generation.
struct LuaCommand: PluginCommand {
    let definition: CommandDefinition
    private let lua: Generation

    init(_ definition: CommandDefinition, generation: Generation) {
        self.definition = definition
        lua = generation
    }

    var name: String { lua.file.key.name }
    var generation: Int { lua.number }
    var usage: String { definition.usage.isEmpty ? "/\(name)" : definition.usage }
    var summary: String { definition.description }

    func complete(_ word: String, _ session: JSON) async -> [String] {
        guard let complete = definition.complete else { return [] }
        let answer = try? await lua.value(of: complete, [.string(word), session], deadline: .seconds(1), phase: .panel)
        return answer?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    func run(_ text: String, _ session: JSON, _ host: ToolHost) async throws(ToolError) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map { JSON.string(String($0)) }
        let arguments: JSON = ["text": .string(text), "words": .array(words)]
        let answer = try await lua.value(
            of: definition.run, [arguments, session], deadline: .bounded(seconds: definition.deadline), phase: .command, host: host)
        let result = try ToolResult(answer, of: lua.file.key)
        guard result.status == .ok else { throw ToolError(result.text, status: result.status) }
        return result.text
    }
}
