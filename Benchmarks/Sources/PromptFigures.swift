import LoomKernel
import LoomPlugins
import LoomSystem

/// How much is sent before anybody has said a word.
enum PromptFigures {
    private static let goal = 3_000

    /// - Parameter folder: what holds `plugins`, `prompts` and `roles`.
    static func rows(_ folder: String) async throws -> [Row] {
        let host = PluginHost(roots: [PluginRoot(name: "bundled", folder: folder)], ports: .bench)
        let reports = await host.load()
        guard !host.catalog.roles.isEmpty else {
            throw BenchError("No role was loaded from \(folder): \(reports.compactMap(\.error).joined(separator: "; "))")
        }
        var rows: [Row] = []
        for role in host.catalog.roles {
            let context = PromptContext(agent: role.name, role: role.name, team: "core", project: "/home/user/project", rules: "")
            let system = try await host.catalog.prompt(for: role, context).text
            let schemas = try role.tools.sorted().compactMap { host.catalog.tool($0)?.schema }.map { try JSON(encoding: $0).text() }
            let (prompt, tools) = (Self.tokens(system), schemas.reduce(0) { $0 + Self.tokens($1) })
            let isGoal = role.name == "coder"
            rows.append(
                Row(
                    what: "fixed prompt of \(role.name)", goal: isGoal ? "\(Self.goal) tokens" : "", result: "\(prompt + tools) tokens",
                    verdict: !isGoal ? .none : prompt + tools <= Self.goal ? .met : .missed,
                    note: "system \(prompt), \(schemas.count) tools \(tools)"))
        }
        return rows
    }

    /// Four characters a token: the usual estimate for English and JSON.
    private static func tokens(_ text: String) -> Int { (text.count + 3) / 4 }
}
