package import LoomKernel
import LoomLua
package import LoomSystem

/// A tool written in Lua. One value is one generation.
package struct LuaTool: Tool {
    package let schema: ToolSchema
    let definition: ToolDefinition
    let generationState: Generation

    /// For a tool that names none. Ten minutes is longer than any tool should need that does not say so.
    private static let defaultDeadline: Duration = .seconds(600)
    /// `access` and `summary` are small functions of the arguments.
    private static let questionDeadline: Duration = .seconds(2)

    init(_ definition: ToolDefinition, generation: Generation) {
        schema = ToolSchema(
            name: generation.file.key.name, description: definition.description, parameters: definition.parameters.schema)
        self.definition = definition
        generationState = generation
    }

    package var isParallel: Bool { definition.isParallel }
    package var isReadOnly: Bool { definition.isReadOnly }
    package var deadline: Duration? { definition.deadline.map { .bounded(seconds: $0) } }
    package var generation: Int { generationState.number }

    package func validate(_ arguments: JSON) throws(ToolError) -> JSON {
        do {
            return try definition.parameters.validate(arguments)
        } catch {
            throw ToolError("\(schema.name): \(error.reason).")
        }
    }

    // MARK: What it will do

    package func access(_ arguments: JSON) async throws(ToolError) -> [Access] {
        switch definition.access {
        case .arguments(let rules):
            return rules.flatMap { rule in targets(arguments[rule.name], rule.kind).map { Access(rule.kind, $0) } }
        case .function(let function):
            return try Access.list(try await ask(function, arguments), of: schema.name)
        }
    }

    /// An argument that was left out means the project where something is read, and nothing elsewhere.
    private func targets(_ value: JSON?, _ kind: Access.Kind) -> [String] {
        switch value {
        case .string(let text)?: [text]
        case .array(let elements)?: elements.compactMap(\.stringValue)
        default: kind == .read ? ["."] : []
        }
    }

    package func summary(_ arguments: JSON) async -> String {
        switch definition.summary {
        case .argument(let name):
            return oneLine(arguments[name])
        case .function(let function):
            return oneLine(try? await ask(function, arguments))
        case .first:
            guard case .object(let properties?) = definition.parameters.shape else { return "" }
            let name = properties.filter(\.value.isRequired).keys.sorted().first { arguments[$0]?.stringValue != nil }
            return oneLine(name.flatMap { arguments[$0] })
        }
    }

    private func oneLine(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "" }
        let text = value.stringValue ?? value.text()
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 200 ? line.prefix(199) + "…" : line
    }

    private func ask(_ function: LuaFunction, _ arguments: JSON) async throws(ToolError) -> JSON {
        try await generationState.value(of: function, [arguments], deadline: Self.questionDeadline, phase: .question)
    }

    // MARK: Passing on

    package var isForwarder: Bool { if case .forward = definition.work { true } else { false } }

    package func forwarded(_ arguments: JSON) async throws(ToolError) -> ForwardedCall? {
        guard case .forward(let function) = definition.work else { return nil }
        let call = try await ask(function, arguments)
        guard let tool = call["tool"]?.stringValue else {
            throw ToolError("\(schema.name) is faulty: its forward must give { tool = name, arguments = table }. Tell the person.")
        }
        return ForwardedCall(tool: tool, arguments: call["arguments"] ?? .object([:]))
    }

    // MARK: Running

    package func run(_ arguments: JSON, _ host: ToolHost) async throws(ToolError) -> ToolResult {
        guard case .run(let run) = definition.work else {
            throw ToolError("\(schema.name) only passes calls on and cannot be run itself.")
        }
        let about: JSON = [
            "agent": .string(host.agent.name), "role": .string(host.agent.role), "team": .string(host.agent.team),
            "call": .string(host.call),
        ]
        let value = try await generationState.value(
            of: run, [arguments, about], deadline: deadline ?? Self.defaultDeadline, phase: .tool, host: host)
        var result = try ToolResult(value, of: generationState.file.key)
        let paths = try ToolResult.attachments(value, of: generationState.file.key)
        var attachments: [Attachment] = []
        for path in paths { attachments.append(try await host.attach(path)) }
        if !attachments.isEmpty { result.attachments = attachments }
        return result
    }
}
