extension ToolHost {
    /// Returns when a file that changes what the team can do may be taken into use.
    /// - Parameter detail: what it could do, and the difference.
    package func confirmExtension(_ path: String, note: String, detail: String) async throws(ToolError) {
        try await self.authority.require(Access(.extend, path), note: note, detail: detail, wait: self.humanWait)
    }
}
