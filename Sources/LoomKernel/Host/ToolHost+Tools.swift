package import LoomSystem

/// Other tools of the same agent, for a tool that is made of them.
extension ToolHost {
    /// A tool may call one that calls one, and so on, this deep.
    private static let deepest = 4

    /// What the agent may call, sorted by name.
    package func tools() async throws(ToolError) -> [ToolSchema] {
        guard let role = await (try self.caller()).role else { return [] }
        return Prefix.tools(of: role, self.services.catalog)
    }

    /// Calls another tool as the agent would: with that tool's checks, hooks and permissions, and shown as a call of its own.
    package func call(_ name: String, _ arguments: JSON) async throws(ToolError) -> ToolResult {
        guard self.depth < Self.deepest else {
            throw ToolError("\(self.tool) is called by \(Self.deepest) tools that call each other; it may not call \(name) too.")
        }
        let tool = try await (try await self.caller()).tool(name)
        guard !tool.isForwarder else { throw ToolError("\(name) only passes calls on. Call the tool that does the work.") }
        let path = CallPath(tool, self.nested(tool.schema.name))
        let made = try await path.admit(arguments)
        let shown = ToolStarted(
            agent: self.agent.name, call: self.services.identifiers.next().description, tool: name, summary: await tool.summary(made),
            generation: tool.generation, arguments: made, parent: self.call)
        try await self.publish(shown, about: shown.call)
        let began = self.services.ports.clock.uptime
        let result: ToolResult
        do throws(ToolError) {
            result = try await path.run(made)
        } catch {
            try await self.finish(shown, ToolResult(error.message, status: error.status), began)
            throw error
        }
        try await self.finish(shown, result, began)
        return result
    }

    private func caller() async throws(ToolError) -> Agent {
        guard self.agent.kind == .agent else {
            throw ToolError("\(self.agent.name) is a \(self.agent.kind.rawValue): it has no role, and so no tools to call.")
        }
        do { return try await self.roster.agent(self.agent.name) } catch { throw ToolError(error.description) }
    }

    private func nested(_ tool: String) -> ToolHost {
        var host = self.seen(by: tool)
        host.depth = self.depth + 1
        return host
    }

    private func finish(_ started: ToolStarted, _ result: ToolResult, _ began: Duration) async throws(ToolError) {
        let finished = ToolFinished(
            agent: started.agent, call: started.call, tool: started.tool, summary: started.summary, status: result.status,
            text: headAndTail(
                self.services.secrets.redact(result.text), bytes: self.services.configuration.resultBytes,
                note: "a tool read the whole"),
            milliseconds: Int((self.services.ports.clock.uptime - began).wholeMilliseconds), generation: started.generation,
            parent: started.parent)
        try await self.publish(finished, about: started.call)
    }

    private func publish(_ payload: some SignalPayload, about subject: String) async throws(ToolError) {
        do {
            try await self.services.store.publish(payload, source: self.agent.source, subject: subject, team: self.agent.team)
        } catch {
            throw ToolError(error.description)
        }
    }
}
