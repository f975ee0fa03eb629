extension ToolHost {
    /// What would be decided, without asking anybody and without a trace in the log.
    package func decision(on access: Access) throws(ToolError) -> PermissionEngine.Decision {
        self.services.permissions.decide(tool: self.tool, try self.confined(access))
    }

    /// Returns when the access is allowed, asking a person where a rule wants that.
    package func require(_ access: Access, note: String) async throws(ToolError) {
        try await self.authority.require(try self.confined(access), note: note, wait: self.humanWait)
    }

    /// Rules speak of paths in the project.
    private func confined(_ access: Access) throws(ToolError) -> Access {
        switch access.kind {
        case .read, .write, .extend: Access(access.kind, try self.relative(access.target))
        case .execute, .network, .spawn, .message, .control, .model: access
        }
    }
}
