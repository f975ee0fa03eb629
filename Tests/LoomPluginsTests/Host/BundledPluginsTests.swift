import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("The bundled plugins", .timeLimit(.minutes(1))) struct BundledPluginsTests {
    private func host(_ clock: any WallClock = ManualClock()) -> PluginHost {
        PluginHost(
            roots: [PluginRoot(name: "bundled", folder: BundledHarness.repository)],
            ports: PluginPorts(
                clock: clock, files: LiveFileSystem(),
                http: ScriptedHTTPClient { (_) throws(HTTPError) in throw HTTPError(.cannotConnect, host: "nowhere") },
                environment: { _ in nil }))
    }

    @Test("all load")
    func load() async throws {
        let host = host()
        #expect(await host.load().filter { $0.status != "loaded" }.map(\.error) == [])
        #expect(host.catalog.tools.count >= 10)
        #expect(await host.check(nil).faults == [])
    }

    @Test("providers that nobody names wait, and with them what can be required; they come without a word")
    func waiting() async throws {
        let host = host()
        await host.load(providers: ["scripted"], history: { nil })
        #expect(host.catalog.providers.map(\.name) == ["scripted"])
        #expect(host.catalog.plugins.contains { $0.name == "groq" && $0.status == "waiting" })
        #expect(Set(host.catalog.plugins.filter { $0.status == "waiting" }.map(\.kind)) == ["provider", "lib", "scenario"])
        // Its tool requires a library.
        #expect(host.catalog.plugins.contains { $0.name == "replace" && $0.status == "waiting" })
        #expect(host.catalog.tool("file_edit") != nil)
        await host.loadRest()
        #expect(host.catalog.provider("groq") != nil)
        #expect(!host.catalog.plugins.contains { $0.status == "waiting" })
        // Nothing is left that a look at the files would find new.
        #expect(await host.reload().isEmpty)
    }

    @Test("every role has a prompt that can be rendered")
    func prompts() async throws {
        let host = host()
        await host.load()
        for role in host.catalog.roles {
            let context = PromptContext(agent: "ada", role: role.name, team: "core", project: "/p", rules: "Be kind.")
            let text = try await host.catalog.prompt(for: role, context).text
            #expect(text.contains("Be kind."), "\(role.name)")
            #expect(!text.contains("{{") && !text.contains("{%"))
        }
    }
}
