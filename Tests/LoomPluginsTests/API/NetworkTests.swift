import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("Requests of plugins", .timeLimit(.minutes(1))) struct NetworkTests {
    /// An answer whose body can be had as often as it is asked for.
    private struct Answer {
        var status = 200
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []
    }

    private func client(_ answers: [String: Answer]) -> ScriptedHTTPClient {
        ScriptedHTTPClient { (request) throws(HTTPError) in
            guard let answer = answers[request.url] else { throw HTTPError(.cannotResolve, host: request.url) }
            return HTTPResponse(status: answer.status, headers: answer.headers, body: HTTPBody(answer.body))
        }
    }

    private func body(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func allow(_ patterns: String...) -> [PermissionRule] {
        patterns.map { PermissionRule(.allow, "network", $0, origin: "test") }
    }

    /// The error that a body ends with.
    private func failure(_ body: String, _ workspace: TestWorkspace) async throws -> ToolError {
        do {
            Issue.record("it gave \(try await workspace.run(body))")
        } catch let error as ToolError {
            return error
        }
        return ToolError("")
    }

    @Test("an answer has its status, headers and text; what is no text comes as base64")
    func answers() async throws {
        let http = client([
            "https://a.example/x": Answer(status: 418, headers: ["X-One": "1", "x-one": "2"], body: body("tea")),
            "https://a.example/b": Answer(body: [0xFF, 0x00]),
        ])
        let workspace = try await TestWorkspace(http: http)
        let text = try await workspace.run(
            """
            local r = assert(loom.http.request{ url = "https://a.example/x", headers = { Accept = "text/*" }, body = "how", max_bytes = 10 })
            local b = loom.http.request{ url = "https://a.example/b" }
            return r.status .. r.headers["x-one"] .. r.body .. tostring(r.encoding) .. b.body .. b.encoding
            """)
        #expect(text == "4181, 2teanil/wA=base64")
        let sent = try #require(http.requests.first)
        #expect(sent.method == "POST" && sent.body == Array("how".utf8) && sent.bodyLimit == 10 && sent.totalTimeout == .seconds(30))
        #expect(sent.headers["accept"] == "text/*" && sent.headers["user-agent"] == "loomkin" && sent.redirects == 0)
        #expect(sent.isOnlyForPublicHosts)
    }

    @Test("what goes wrong on the way is nil and an error with its code")
    func failures() async throws {
        let workspace = try await TestWorkspace(http: client([:]))
        let text = try await workspace.run(
            """
            local codes = {}
            for _, url in ipairs{ "https://gone.example/", "ftp://x/", "https://me:pw@a.example/" } do
              local r, err = loom.http.request{ url = url }
              codes[#codes + 1] = tostring(r) .. err.code
            end
            return table.concat(codes, " ")
            """)
        #expect(text == "nilunreachable nilinvalid nilinvalid")
    }

    @Test("each request is decided by its host, and each redirect again")
    func redirects() async throws {
        let http = client([
            "https://a.example/": Answer(status: 302, headers: ["Location": "https://b.example/next"]),
            "https://b.example/next": Answer(body: body("there")),
        ])
        let request =
            "{ url = 'https://a.example/', method = 'POST', body = 'x', headers = { Authorization = 'mine', ['X-Kept'] = 'yes' } }"
        let both = try await TestWorkspace(permissions: .readOnly, rules: allow("a.example", "b.example"), http: http)
        #expect(try await both.run("local r = loom.http.request\(request) return r.body .. r.url") == "therehttps://b.example/next")
        #expect(http.requests.map(\.method) == ["POST", "GET"])
        #expect(http.requests.map { $0.headers["authorization"] } == ["mine", nil])
        #expect(http.requests.map { $0.headers["x-kept"] } == ["yes", "yes"])
        #expect(http.requests.last?.body == [])

        let one = try await TestWorkspace(permissions: .readOnly, rules: allow("a.example"), http: http)
        let error = try await failure("loom.http.request\(request)", one)
        #expect(error.status == .denied && error.message.contains("network b.example"))
        #expect(http.requests.count == 3)
    }

    @Test(
        "this machine and private networks are out of reach, however they are written and whatever the preset",
        arguments: [
            "http://127.0.0.1:8080/", "http://localhost/", "http://x.localhost/", "http://[::1]/", "http://10.0.0.1/", "http://2130706433/",
            "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/",
        ])
    func inside(_ url: String) async throws {
        let http = client([:])
        let workspace = try await TestWorkspace(permissions: .full, rules: allow("*"), http: http)
        let error = try await failure("local r, err = loom.http.request{ url = '\(url)' } return 'went on'", workspace)
        #expect(error.status == .denied && error.message.contains("private networks need a rule that names them"), "\(error.message)")
        #expect(http.requests.isEmpty)
    }

    @Test("a rule that names such a place lets it through; one with a star does so for figures, and not for names")
    func named() async throws {
        let answer = ["http://127.0.0.1:8080/": Answer(body: body("in")), "http://a.example/": Answer()]
        for rules in [allow("127.0.0.1:8080"), allow("127.*")] {
            let http = client(answer)
            let workspace = try await TestWorkspace(permissions: .readOnly, rules: rules, http: http)
            #expect(try await workspace.run("return loom.http.request{ url = 'http://127.0.0.1:8080/' }.body") == "in")
            #expect(http.requests.first?.isOnlyForPublicHosts == false)
        }
        for (pattern, isGuarded) in [("a.example", false), ("*.example", true)] {
            let http = client(answer)
            let workspace = try await TestWorkspace(permissions: .readOnly, rules: allow(pattern), http: http)
            _ = try await workspace.run("loom.http.request{ url = 'http://a.example/' }")
            #expect(http.requests.first?.isOnlyForPublicHosts == isGuarded)
        }
    }

    @Test("a public name that leads inside is refused when that turns out, and the refusal is in the log")
    func rebinding() async throws {
        let http = ScriptedHTTPClient { (_) throws(HTTPError) in throw HTTPError(.privateAddress("10.0.0.1"), host: "evil.example") }
        let workspace = try await TestWorkspace(http: http)
        let error = try await failure("return loom.http.request{ url = 'https://evil.example/' } and ''", workspace)
        #expect(error.status == .denied && error.message.contains("network evil.example"))
        let decided = try await workspace.workspace.history(matching: "**/permission.decided", after: 0, limit: 10)
        #expect(decided.compactMap { $0.payload(PermissionDecided.self)?.verdict } == [.allow, .deny])
    }

    @Test("a key of this machine does not go out, wherever a plugin put it", arguments: ["url", "headers", "body"])
    func secrets(_ place: String) async throws {
        let http = client([:])
        let workspace = try await TestWorkspace(http: http, environment: ["X_TOKEN": "sesame-open"])
        let request =
            switch place {
            case "url": "{ url = 'https://a.example/?k=sesame-open' }"
            case "headers": "{ url = 'https://a.example/', headers = { ['X-K'] = 'Bearer sesame-open' } }"
            default: "{ url = 'https://a.example/', body = 'sesame-open' }"
            }
        let error = try await failure("loom.http.request\(request) return 'went on'", workspace)
        #expect(error.status == .denied && !error.message.contains("sesame"))
        #expect(http.requests.isEmpty)
    }

    @Test("events come one by one until the end, or until the function has enough")
    func events() async throws {
        let stream = "event: a\ndata: 1\n\ndata: 2\nid: 7\n\n"
        let http = client([
            "https://a.example/": Answer(headers: ["Content-Type": "text/event-stream"], body: body(stream)),
            "https://a.example/no": Answer(status: 404, body: body("not here")),
        ])
        let workspace = try await TestWorkspace(http: http)
        let text = try await workspace.run(
            """
            local seen = {}
            local r = loom.http.events({ url = "https://a.example/" }, function(e) seen[#seen + 1] = e.event .. e.data .. (e.id or "") end)
            local no = loom.http.events({ url = "https://a.example/no" }, error)
            return table.concat(seen, " ") .. r.status .. no.status .. no.body
            """)
        #expect(text == "a1 message27200404not here")
        let first = try await workspace.run(
            "local n = 0 loom.http.events({ url = 'https://a.example/' }, function() n = n + 1 return false end) return tostring(n)")
        #expect(first == "1")
    }

    @Test("a request that may change something is written down before it is sent, and one that only asks is not")
    func effects() async throws {
        let http = client(["https://a.example/": Answer()])
        let workspace = try await TestWorkspace(http: http)
        _ = try await workspace.run(
            "local r = { url = 'https://a.example/' } loom.http.request(r) r.method = 'delete' loom.http.request(r)")
        let effects = try await workspace.workspace.services.store.effects(agent: workspace.host("t").agent.id, call: "c1")
        #expect(effects == [.request("DELETE a.example")])
    }
}
