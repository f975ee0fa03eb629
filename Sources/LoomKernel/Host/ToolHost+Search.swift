package import LoomRepository
import LoomSystem

extension ToolHost {
    /// Files whose path matches a glob, those changed last first.
    package func find(_ pattern: String, in path: String? = nil, limit: Int = 200) async throws(ToolError) -> FileSearch.Result {
        let folder = try path.map { path throws(ToolError) in try self.relative(path) } ?? "."
        try await self.authority.require(Access(.read, folder), wait: self.humanWait)
        // A pattern without a slash means files of that name anywhere below.
        let anywhere = pattern.contains("/") ? pattern : "**/" + pattern
        let whole = folder == "." ? anywhere : Glob.escaped(folder) + "/" + anywhere
        do {
            let found = try await FileSearch(root: self.directory, files: self.services.ports.files).find(whole, limit: limit)
            return found.keeping { self.mayRead($0) }
        } catch {
            throw ToolError(error.description)
        }
    }

    /// Lines that match, through ripgrep where it is installed.
    package func search(_ query: ContentQuery) async throws(ToolError) -> ContentMatches {
        var query = query
        if !query.path.isEmpty { query.path = try self.relative(query.path) }
        if query.path == "." { query.path = "" }
        try await self.authority.require(Access(.read, query.path.isEmpty ? "." : query.path), wait: self.humanWait)
        let ports = self.services.ports
        let search = ContentSearch(root: self.directory, files: ports.files, runner: ports.processes, clock: ports.clock)
        do {
            return try await search.find(query).keeping { self.mayRead($0) }
        } catch {
            throw ToolError(error.description)
        }
    }

    /// A file that a rule denies is not found either.
    private func mayRead(_ path: String) -> Bool {
        self.services.permissions.decide(tool: self.tool, Access(.read, path)).verdict != .deny
    }
}
