import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

@Suite struct PluginPageTests {
    private static func version(
        _ number: Int, to latest: Int? = nil, _ hash: String, status: PluginVersion.Status = .used
    ) -> PluginVersion {
        PluginVersion(
            plugin: "shell", kind: "tool", number: number, latest: latest ?? number, root: "user", hash: hash, status: status,
            time: Timestamp(seconds: 0))
    }

    private static func workspace(error: String? = nil, fileHash: String? = "cccccccccc") async -> FakeWorkspace {
        let workspace = FakeWorkspace(plugins: [Samples.plugin("shell", error: error)])
        let versions = [
            Self.version(4, to: 5, "cccccccccc"), Self.version(3, "bbbbbbbbbb", status: .aside), Self.version(2, "aaaaaaaaaa"),
        ]
        let story = PluginStory(
            source: "local a = 1 < 2\n\nreturn a\n", hash: "cccccccccc", fileHash: fileHash, versions: versions)
        await workspace.add(story, of: "tool/shell")
        return workspace
    }

    @Test("the page of a plugin shows where it stands, its source by line and its generations, and where it can go back to")
    func whole() async throws {
        try await RunningPage.serve(await Self.workspace()) { page in
            let body = try await page.wire.request("GET", "/plugins/tool/shell", page.cookie).body
            for part in [
                "<code>tools/shell.lua</code>", "<code data-line=\"1\">local a = 1 &lt; 2</code><code data-line=\"2\"></code>",
                "<code data-line=\"3\">return a</code></pre>", "4–5", "<code>cccccccc</code>", "put aside",
                "action=\"/api/v1/plugins/tool/shell/rollback\"", "name=\"to\" value=\"3\"", "name=\"to\" value=\"2\"",
                "data-fragment=\"/fragments/plugins/tool/shell\" data-on=\"plugin\" data-about=\"shell\"",
            ] { #expect(body.contains(part), "\(part)") }
            #expect(!body.contains("name=\"to\" value=\"4\""), "its file holds that text already")
            #expect(!body.contains("its file holds another text"))
            let list = try await page.wire.request("GET", "/plugins", page.cookie).body
            #expect(list.contains("href=\"/plugins/tool/shell\""))
        }
    }

    @Test("while the file does not load the page says so, and the live text can be put back")
    func failed() async throws {
        try await RunningPage.serve(await Self.workspace(error: "shell.lua:3: <end> expected", fileHash: "dddd")) { page in
            let body = try await page.wire.request("GET", "/fragments/plugins/tool/shell", page.cookie).body
            #expect(body.contains("shell.lua:3: &lt;end&gt; expected") && body.contains("its file holds another text"))
            #expect(body.contains("name=\"to\" value=\"4\""))
        }
    }

    @Test("a plugin whose file is gone has a page that says so, with what is kept and the way back, and a row in the list")
    func deleted() async throws {
        let workspace = await Self.workspace()
        let summary = PluginSummary(
            name: "gone", kind: "tool", root: "user", path: "tools/gone.lua", generation: 5, shadows: [], status: "deleted", calls: 0,
            running: 0, versions: 1)
        let story = PluginStory(
            source: "return 7\n", hash: "cc", fileHash: nil, versions: [Self.version(4, to: 5, "cc")], deleted: summary)
        await workspace.add(story, of: "tool/gone")
        try await RunningPage.serve(workspace) { page in
            let body = try await page.wire.request("GET", "/plugins/tool/gone", page.cookie).body
            for part in [">deleted</span>", "Its file is gone.", "name=\"to\" value=\"4\"", "return 7", "what it had last"] {
                #expect(body.contains(part), "\(part)")
            }
            #expect(!body.contains("pill live") && !body.contains("its file holds another text"))
            let list = try await page.wire.request("GET", "/plugins", page.cookie).body
            #expect(list.contains("href=\"/plugins/tool/gone\"") && list.contains("action=\"/api/v1/plugins/tool/gone/rollback\""))
        }
    }

    @Test(
        "a plugin that does not exist is not found",
        arguments: ["/plugins/tool/none", "/plugins/role/shell", "/fragments/plugins/tool/x"])
    func unknown(_ path: String) async throws {
        try await RunningPage.serve(await Self.workspace()) { page in
            let reply = try await page.wire.request("GET", path, page.cookie)
            #expect(reply.status == 404)
            #expect(reply.body.contains("does not exist."))
        }
    }
}
