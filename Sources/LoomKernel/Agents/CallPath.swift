import LoomSystem

/// The way of one call through validation, hooks, the permission engine and the tool: the same for what a model calls and for what a
/// tool calls on its behalf.
struct CallPath: Sendable {
    let tool: any Tool
    let host: ToolHost
    private let hooks: HookChain

    init(_ tool: any Tool, _ host: ToolHost) {
        self.tool = tool
        self.host = host
        self.hooks = HookChain(host.services.catalog.hooks, host)
    }

    /// The arguments as the tool gets them, once it may run.
    func admit(_ wish: JSON) async throws(ToolError) -> JSON {
        var arguments = try self.tool.validate(wish)
        if !self.hooks.isEmpty(at: .beforeTool), let made = try await self.hooks.run(.beforeTool, self.subject(arguments)) {
            arguments = try self.tool.validate(made)
        }
        for access in try await self.tool.access(arguments) { try await self.host.authority.settle(self.confined(access)) }
        return arguments
    }

    /// A path as rules know it, whatever way the model wrote it. One that leads out of the project is refused here, since what the
    /// tool then does with it may be a command's business.
    private func confined(_ access: Access) throws(ToolError) -> Access {
        switch access.kind {
        case .read, .write: Access(access.kind, try self.host.relative(access.target))
        case .execute, .network, .extend, .spawn, .message, .control, .model: access
        }
    }

    func run(_ arguments: JSON) async throws(ToolError) -> ToolResult {
        let result = try await self.tool.run(arguments, self.host)
        guard !self.hooks.isEmpty(at: .afterTool) else { return result }
        var subject = self.subject(arguments)
        subject["text"] = .string(result.text)
        subject["status"] = .string(result.status.rawValue)
        guard let text = try await self.hooks.run(.afterTool, subject)?.stringValue else { return result }
        return ToolResult(text, status: result.status, data: result.data)
    }

    /// The call as hooks see it.
    private func subject(_ arguments: JSON) -> JSON {
        let identity = self.host.agent
        return [
            "tool": .string(self.tool.schema.name), "arguments": arguments, "call": .string(self.host.call),
            "agent": .string(identity.name), "role": .string(identity.role), "team": .string(identity.team),
        ]
    }
}
