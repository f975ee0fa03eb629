import LoomKernel
import LoomLua
import LoomSystem

/// A hook written in Lua. One value is one generation.
struct LuaHook: Hook {
    let definition: HookDefinition
    private let lua: Generation

    init(_ definition: HookDefinition, generation: Generation) {
        self.definition = definition
        lua = generation
    }

    var name: String { lua.file.key.name }
    var generation: Int { lua.number }
    var points: Set<HookPoint> { Set(definition.functions.keys) }
    var refusesOnFault: Bool { definition.refusesOnFault }

    func judge(_ point: HookPoint, _ subject: JSON, _ host: ToolHost) async throws(ToolError) -> HookVerdict {
        guard let function = definition.functions[point] else { return .pass }
        if let tools = definition.tools, let tool = subject["tool"]?.stringValue, !tools.contains(tool) { return .pass }
        // What a tool's hook behind the call gets second is the result alone.
        var arguments = [subject]
        if point == .afterTool { arguments.append(["text": subject["text"] ?? "", "status": subject["status"] ?? ""]) }
        let answer = try await lua.value(
            of: function, arguments, deadline: .bounded(seconds: definition.deadline), phase: .hook, host: host)
        return try verdict(answer, at: point)
    }

    private func verdict(_ answer: JSON, at point: HookPoint) throws(ToolError) -> HookVerdict {
        let known = [point.rewrites, "refuse", "ask"]
        func fault(_ what: String) -> ToolError {
            ToolError(
                "\(point.rawValue) of the hook \(name) returned \(what); it returns nil or { \(known.joined(separator: " = or ")) = }.")
        }
        if answer.isNull { return .pass }
        guard let members = answer.members else { throw fault(answer.kind) }
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw fault("a table with \"\(unknown)\"\(NearestName.hint(unknown, in: known))")
        }
        if let reason = members["refuse"] {
            guard let reason = reason.stringValue else { throw fault("refuse = \(reason.text())") }
            return .refuse(reason)
        }
        if let question = members["ask"] {
            guard let question = question.stringValue else { throw fault("ask = \(question.text())") }
            return .ask(question)
        }
        guard let made = members[point.rewrites] else { return .pass }
        switch point {
        case .beforeTool where made.members == nil, .afterTool where made.stringValue == nil,
            .beforeModel where made.stringValue == nil, .afterModel where made.stringValue == nil:
            throw fault("\(point.rewrites) = \(made.kind)")
        default: return .rewrite(made)
        }
    }
}
