import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

/// The page over a real socket.
@Suite struct PageTests {
    @Test("the printed address leads in by a cookie, and everything carries the same strict headers")
    func entry() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let first = try await page.wire.request("GET", "/?token=\(RunningPage.token)")
            #expect(first.status == 303)
            #expect(first.header("location") == "/")
            let cookie = try #require(first.header("set-cookie"))
            #expect(cookie == "loomkin-\(page.wire.port)=\(Doorkeeper.pass(for: RunningPage.token)); Path=/; HttpOnly; SameSite=Strict")
            let second = try await page.wire.request("GET", "/", page.cookie)
            #expect(second.status == 200)
            let stranger = try await page.wire.request("GET", "/", ["Host": "evil.example"])
            for reply in [first, second, stranger, try await page.wire.request("GET", "/nowhere", page.cookie)] {
                #expect(
                    reply.header("content-security-policy")?.hasPrefix("default-src 'none'; style-src 'self'; script-src 'self'") == true)
                #expect(reply.header("x-content-type-options") == "nosniff")
                #expect(reply.header("referrer-policy") == "no-referrer")
                #expect(reply.header("cache-control") == "no-store")
            }
        }
    }

    @Test("strangers get a short text that says what to do")
    func refusals() async throws {
        let workspace = FakeWorkspace()
        try await RunningPage.serve(workspace) { page in
            let foreign = try await page.wire.request("GET", "/", page.cookie.merging(["Host": "evil.example:\(page.wire.port)"]) { $1 })
            #expect(foreign.status == 421)
            #expect(foreign.body.contains("http://127.0.0.1:\(page.wire.port)/"))
            let unknown = try await page.wire.request("GET", "/")
            #expect(unknown.status == 401)
            #expect(unknown.header("content-type") == "text/plain; charset=utf-8")
            #expect(unknown.body.contains("?token="))
            let assets = try await page.wire.request("GET", "/assets/page.js")
            #expect(assets.status == 401)
            let forged = try await page.wire.request(
                "POST", "/api/v1/stop", page.cookie.merging(["Origin": "http://evil.example"]) { $1 })
            #expect(forged.status == 403)
            #expect(try JSON.parse(forged.body)["error"]?["code"] == "foreign_origin")
        }
        #expect(await workspace.commands.isEmpty)
    }

    static let hostile = "</pre></title><script>alert(1)</script><img src=x onerror=alert(2)>\"\u{301} autofocus onfocus=alert(3) '\u{301}x"

    @Test(
        "nothing from an agent is markup, on any page",
        arguments: [
            "/", "/agents/\(PathSegment.encode(hostile))", "/plugins", "/calls/c1", "/fragments/agents", "/fragments/feed?after=0",
            "/fragments/questions", "/fragments/board", "/fragments/header", "/fragments/names", "/fragments/plugins",
            "/plugins/tool/\(PathSegment.encode(hostile))", "/fragments/plugins/tool/\(PathSegment.encode(hostile))",
        ])
    func escapes(_ path: String) async throws {
        let hostile = Self.hostile
        let workspace = FakeWorkspace(plugins: [Samples.plugin(hostile, error: hostile)])
        let ids = [workspace.makeID(), workspace.makeID()]
        let version = PluginVersion(
            plugin: hostile, kind: "tool", number: 1, latest: 1, root: hostile, hash: hostile, status: .used, time: Timestamp(seconds: 0))
        await workspace.add(PluginStory(source: hostile, hash: "a", fileHash: "b", versions: [version]), of: "tool/\(hostile)")
        await workspace.change { state in
            var agent = Samples.agent(hostile, activity: hostile)
            (agent.role, agent.team, agent.model) = (hostile, hostile, hostile)
            state.agents = [agent]
            state.directory = "/x/\(hostile)"
            state.permissions = hostile
            state.questions = [
                Samples.question(ids[0], title: hostile, detail: hostile, why: hostile, always: hostile),
                Samples.question(ids[1], kind: .choice, title: hostile, options: [hostile]),
            ]
            var task = Samples.task(hostile)
            (task.id, task.description, task.assignee, task.creator, task.result) = (hostile, hostile, hostile, hostile, hostile)
            state.tasks = [task]
        }
        try await workspace.emit(AgentSaid(agent: hostile, text: hostile + "\n" + hostile))
        try await workspace.emit(
            ToolFinished(
                agent: hostile, call: hostile, tool: hostile, summary: hostile, status: .ok, text: hostile, milliseconds: 1, generation: 1))
        try await workspace.emit(Notice(level: hostile, text: hostile))
        await workspace.add(TranscriptEntry(kind: hostile, name: hostile, text: hostile, time: Timestamp(seconds: 0)), to: hostile)
        await workspace.add(
            ToolStarted(agent: hostile, call: "c1", tool: hostile, summary: hostile, generation: 1, arguments: [hostile: .string(hostile)]),
            Samples.finished(text: hostile))
        try await RunningPage.serve(workspace) { page in
            let reply = try await page.wire.request("GET", path, page.cookie)
            #expect(reply.status == 200)
            // Only what the templates themselves write may open a tag; scalars, because that is what browsers read.
            let scalars = Array(reply.body.unicodeScalars)
            #expect(!scalars.contains("\u{301}", after: "\""), "a quote with a combining mark was let through")
            #expect(!scalars.contains("\u{301}", after: "'"))
            #expect(!reply.body.contains("<script>") && !reply.body.contains("<img"))
            #expect(reply.body.contains("&lt;script&gt;") || path.contains("header"))
        }
    }

    @Test("a form without script is led back, and told in a page what went wrong")
    func forms() async throws {
        let workspace = FakeWorkspace()
        await workspace.change { $0.agents = [Samples.agent()] }
        try await RunningPage.serve(workspace) { page in
            let headers = page.cookie.merging(
                ["Origin": "null", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"]) { $1 }
            let sent = try await page.wire.request(
                "POST", "/api/v1/agents/ada/messages", headers, body: "back=%2Fagents%2Fada&text=keep+the+%C3%A4&urgent=true")
            #expect(sent.status == 303)
            #expect(sent.header("location") == "/agents/ada")
            let away = try await page.wire.request("POST", "/api/v1/pause", headers, body: "back=%2F%2Fevil.example")
            #expect(away.header("location") == "/")
            let empty = try await page.wire.request("POST", "/api/v1/agents/ada/messages", headers, body: "text=+")
            #expect(empty.status == 400)
            #expect(empty.body.contains("<h1") && empty.body.contains("text is missing or empty"))
        }
        #expect(await workspace.commands == ["send ada urgent keep the ä by user/page", "pause all"])
    }

    @Test("the feed's fragment says how far it goes, and holds only what is new")
    func fragment() async throws {
        let workspace = FakeWorkspace()
        for number in 1...5 { try await workspace.emit(Notice(level: "info", text: "number \(number)")) }
        try await RunningPage.serve(workspace) { page in
            let reply = try await page.wire.request("GET", "/fragments/feed?after=3", page.cookie)
            #expect(reply.header("loomkin-sequence") == "5")
            #expect(reply.body.contains("number 5") && reply.body.contains("number 4") && !reply.body.contains("number 3"))
            let errors = try await page.wire.request("GET", "/fragments/feed?after=3&show=errors", page.cookie)
            #expect(errors.header("loomkin-sequence") == "5")
            #expect(!errors.body.contains("number"))
        }
    }
}

extension [Unicode.Scalar] {
    fileprivate func contains(_ scalar: Unicode.Scalar, after first: Unicode.Scalar) -> Bool {
        zip(self, self.dropFirst()).contains { $0 == first && $1 == scalar }
    }
}
