import LoomSystem

/// One tool call from the model's wish to its result. The tool is looked up once: the call ends on the generation it began on.
struct ToolExecution: Sendable {
    let agent: Agent
    let call: ToolCall
    let cause: ID?

    private var services: Services { self.agent.services }

    func run() async -> ToolResult {
        do {
            let (tool, wish) = try await self.target()
            let authority = CallAuthority(
                self.agent.identity, self.services, call: self.call.id, tool: tool.schema.name, tell: { [agent] in agent.tell($0) })
            let host = ToolHost(
                agent: self.agent.identity, call: self.call.id, tool: tool.schema.name, authority: authority, roster: self.agent.roster)
            let path = CallPath(tool, host)
            let arguments = try await path.admit(wish)
            guard
                await self.agent.begin(
                    self.call.id, tool: tool.schema.name, summary: await tool.summary(arguments), generation: tool.generation,
                    arguments: arguments)
            else { return ToolResult("The call did not begin: its agent is stopping.", status: .cancelled) }
            return await self.cut(try await path.run(arguments))
        } catch {
            let message = Task.isCancelled ? "Cancelled. \(error.message)" : error.message
            return await self.cut(ToolResult(message, status: error.status, data: nil))
        }
    }

    /// After a crash: did it have its effect?
    func recovery() async -> Recovery {
        let effects = (try? await self.services.store.effects(agent: self.agent.identity.id, call: self.call.id)) ?? []
        let hasCommand = effects.contains { if case .process = $0 { true } else { false } }
        if hasCommand { Leftovers.kill(setting: ToolHost.callVariable, ToolHost.mark(self.agent.identity, self.call.id)) }
        let isReadOnly = (try? await self.target().tool)?.isReadOnly ?? false
        let root = self.services.directory
        return Recovery.judge(effects, isReadOnly: isReadOnly) { path in
            (try? self.services.ports.files.read(root + "/" + path)).map { Hash.sha256($0) }
        }
    }

    /// The tool that is meant and what it is to get: those of the call, or of the one that it passes on.
    func target() async throws(ToolError) -> (tool: any Tool, arguments: JSON) {
        let tool = try await self.agent.tool(self.call.name)
        let arguments = try self.wellFormed(for: tool)
        guard tool.isForwarder, let forwarded = try await tool.forwarded(try tool.validate(arguments)) else { return (tool, arguments) }
        let target = try await self.agent.tool(forwarded.tool)
        guard !target.isForwarder else {
            throw ToolError("\(tool.schema.name) calls other tools, and \(forwarded.tool) does too. Name the tool that does the work.")
        }
        return (target, forwarded.arguments)
    }

    private func wellFormed(for tool: any Tool) throws(ToolError) -> JSON {
        guard let malformed = self.call.malformed else { return self.call.arguments }
        let schema = tool.schema.parameters.text()
        // Most are shorter; one that is cut would rather mislead.
        let shown = schema.utf8.count <= 2_000 ? " Their JSON Schema: \(schema)" : ""
        throw ToolError(
            "The arguments of \(self.call.name) were not valid JSON: \(malformed.prefix(200)). Send them again as one JSON object.\(shown)")
    }

    /// No plugin floods a context: what is too long keeps its head and tail, and the whole is on disk.
    private func cut(_ result: ToolResult) async -> ToolResult {
        let limit = self.services.configuration.resultBytes
        var result = result
        result.text = self.services.secrets.redact(result.text)
        guard result.text.utf8.count > limit else { return result }
        let path = self.services.newOutputFile("txt")
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
