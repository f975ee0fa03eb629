import LoomSystem

@testable import LoomKernel
@testable import LoomPlugins

extension TestWorkspace {
    /// Runs the body as a tool named `t`.
    func run(_ body: String) async throws -> String {
        let plugins = try await TestPlugins.loaded(["plugins/tools/t.lua": LuaSources.tool(body)])
        return try await plugins.tool("t").use([:], self).text
    }
}
