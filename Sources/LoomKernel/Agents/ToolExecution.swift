import LoomSystem

/// One tool call from the model's wish to its result. The tool is looked up once: the call ends on the generation it began on.
struct ToolExecution: Sendable {
    let agent: Agent
    let call: ToolCall
    let cause: ID?

    private var services: Services { self.agent.services }

    func run() async -> ToolResult {
        do {
            let tool = try self.tool()
            let authority = CallAuthority(
                self.agent.identity, self.services, call: self.call.id, tool: tool.schema.name, tell: { [agent] in agent.tell($0) })
            let host = ToolHost(
                agent: self.agent.identity, call: self.call.id, tool: tool.schema.name, authority: authority, roster: self.agent.roster)
            let hooks = HookChain(self.services.catalog.hooks, host)
            let arguments = try await self.arguments(tool, hooks)
            for access in try await tool.access(arguments) { try await authority.settle(access) }
            guard
                await self.agent.begin(
                    self.call.id, tool: tool.schema.name, summary: await tool.summary(arguments), generation: tool.generation,
                    arguments: arguments)
            else { return ToolResult("The call did not begin: its agent is stopping.", status: .cancelled) }
            let result = try await tool.run(arguments, host)
            return await self.cut(try await self.rewritten(result, of: tool, arguments, hooks))
        } catch {
            return ToolResult(Task.isCancelled ? "Cancelled. \(error.message)" : error.message, status: error.status, data: nil)
        }
    }

    /// After a crash: did it have its effect?
    func recovery() async -> Recovery {
        let effects = (try? await self.services.store.effects(agent: self.agent.identity.id, call: self.call.id)) ?? []
        let hasCommand = effects.contains { if case .process = $0 { true } else { false } }
        if hasCommand { Leftovers.kill(setting: ToolHost.callVariable, ToolHost.mark(self.agent.identity, self.call.id)) }
        let isReadOnly = self.services.catalog.tool(self.call.name)?.isReadOnly ?? false
        let root = self.services.directory
        return Recovery.judge(effects, isReadOnly: isReadOnly) { path in
            (try? self.services.ports.files.read(root + "/" + path)).map { Hash.sha256($0) }
        }
    }

    private func tool() throws(ToolError) -> any Tool {
        let name = self.call.name
        let role = self.services.catalog.role(self.agent.identity.role)
        guard let tool = self.services.catalog.tool(name) else {
            let nearest = nearestWord(to: name, in: role?.tools ?? [])
            throw ToolError("There is no tool «\(name)».\(nearest.map { " Did you mean \($0)?" } ?? "")")
        }
        guard role?.tools.contains(name) ?? false else {
            throw ToolError(
                "The role \(self.agent.identity.role) may not use \(name). Ask a teammate whose role has it, by peer_message.",
                status: .denied)
        }
        return tool
    }

    private func arguments(_ tool: any Tool, _ hooks: HookChain) async throws(ToolError) -> JSON {
        let arguments = try self.wellFormed(tool)
        guard !hooks.isEmpty(at: .beforeTool), let made = try await hooks.run(.beforeTool, self.subject(tool, arguments)) else {
            return arguments
        }
        return try tool.validate(made)
    }

    private func rewritten(
        _ result: ToolResult, of tool: any Tool, _ arguments: JSON, _ hooks: HookChain
    ) async throws(ToolError) -> ToolResult {
        guard !hooks.isEmpty(at: .afterTool) else { return result }
        var subject = self.subject(tool, arguments)
        subject["text"] = .string(result.text)
        subject["status"] = .string(result.status.rawValue)
        guard let text = try await hooks.run(.afterTool, subject)?.stringValue else { return result }
        return ToolResult(text, status: result.status, data: result.data)
    }

    /// The call as hooks see it.
    private func subject(_ tool: any Tool, _ arguments: JSON) -> JSON {
        let identity = self.agent.identity
        return [
            "tool": .string(tool.schema.name), "arguments": arguments, "call": .string(self.call.id), "agent": .string(identity.name),
            "role": .string(identity.role), "team": .string(identity.team),
        ]
    }

    private func wellFormed(_ tool: any Tool) throws(ToolError) -> JSON {
        if let malformed = self.call.malformed {
            throw ToolError(
                "The arguments of \(self.call.name) were not valid JSON: \(malformed.prefix(200)). Send them again as one JSON object.")
        }
        return try tool.validate(self.call.arguments)
    }

    /// No plugin floods a context: what is too long keeps its head and tail, and the whole is on disk.
    private func cut(_ result: ToolResult) async -> ToolResult {
        let limit = self.services.configuration.resultBytes
        var result = result
        result.text = self.services.secrets.redact(result.text)
        guard result.text.utf8.count > limit else { return result }
        let path = ".loomkin/outputs/\(self.call.id.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }).txt"
        let kept =
            (try? self.services.ports.files.write(
                result.text, to: self.services.directory + "/" + path, options: WriteOptions(createsParents: true))) != nil
        result.text = headAndTail(
            result.text, bytes: limit, note: kept ? "the whole text is in \(path)" : "the whole text could not be kept")
        return result
    }
}

/// The beginning and the end of a text, cut at characters, with one line that says what is missing.
package func headAndTail(_ text: String, bytes: Int, note: String) -> String {
    let total = text.utf8.count
    guard total > bytes else { return text }
    let utf8 = text.utf8
    let head = String(decoding: Array(utf8.prefix(bytes * 2 / 3)), as: UTF8.self)
    let tail = String(decoding: Array(utf8.suffix(bytes / 3)), as: UTF8.self)
    let trim: (Character) -> Bool = { $0 == "\u{FFFD}" }
    let cleanHead = head.last.map(trim) == true ? String(head.dropLast()) : head
    let cleanTail = String(tail.drop(while: trim))
    return "\(cleanHead)\n[… \(total - cleanHead.utf8.count - cleanTail.utf8.count) of \(total) bytes left out; \(note) …]\n\(cleanTail)"
}
