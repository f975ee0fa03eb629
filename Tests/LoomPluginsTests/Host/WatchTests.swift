import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("Watching", .timeLimit(.minutes(1))) struct WatchTests {
    @Test("a saved file is live soon after, without anybody asking")
    func saved() async throws {
        let files = LiveFileSystem()
        let folder = try files.realPath("/tmp") + "/loomkin-plugins-\(UInt64.random(in: 0 ... .max))"
        defer { try? files.remove(folder, recursively: true) }
        let path = folder + "/plugins/tools/a.lua"
        try files.write(LuaSources.tool("return 'one'"), to: path, options: WriteOptions(createsParents: true))
        for name in ["roles", "prompts"] { try files.makeDirectory("\(folder)/\(name)") }

        let (reports, tell) = AsyncStream.makeStream(of: PluginReported.self)
        let host = PluginHost(
            roots: [PluginRoot(name: "bundled", folder: folder)],
            ports: PluginPorts(
                clock: LiveClock(), files: files,
                http: ScriptedHTTPClient { (_) throws(HTTPError) in throw HTTPError(.cannotConnect, host: "nowhere") },
                environment: { _ in nil }, report: { tell.yield($0) }))
        var lines = reports.map(TestPlugins.line).makeAsyncIterator()
        await host.load()
        #expect(await lines.next() == "tool a loaded ->1")

        let watch = Task { try await host.watch() }
        // Whether the watch stands already does not matter: it looks at the files once it does.
        try files.write(LuaSources.tool("return 'two'"), to: path)
        #expect(await lines.next() == "tool a reloaded 1>2")
        try files.write(LuaSources.tool("return 'three'"), to: path)
        #expect(await lines.next() == "tool a reloaded 2>3")
        watch.cancel()
        try await watch.value
    }
}
