import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("A Lua provider", .timeLimit(.minutes(1))) struct LuaProviderTests {
    private static let source = """
        return {
          api = 1,
          credentials = { key_env = { "FIRST_KEY", "SECOND_KEY" }, base_url = "https://api.test/v1/", base_url_env = { "BASE" } },
          default_model = "m1",
          request = function(call)
            return {
              url = (call.model == "elsewhere" and "https://evil.test" or call.base_url) .. "/chat", method = "POST",
              headers = { authorization = "Bearer {{key}}" },
              body = { model = call.model, messages = call.messages, tools = call.tools },
            }
          end,
          decode = function(event, emit, state)
            state.count = (state.count or 0) + 1
            if event.data == "boom" then error("cannot read it") end
            if event.event == "usage" then emit({ type = "usage", input = 1, output = state.count }) return end
            if event.event == "failure" then emit({ type = "error", kind = "overloaded", message = event.data, retry_after = 2 }) return end
            if event.data == "[DONE]" then emit({ type = "stop", reason = "end" }) return end
            if event.event == "call" then emit({ type = "tool_call", index = 0, id = "c1", name = "t", arguments = event.data }) return end
            if event.event == "odd" then emit({ type = "txt" }) end
            emit({ type = "text", text = event.data })
          end,
          failure = function(status, headers, body)
            if status ~= 429 then return nil end
            return { kind = "rate_limited", message = "slow down: " .. body, retry_after = tonumber(headers["retry-after"]) }
          end,
        }
        """

    private func provider(
        _ http: any HTTPClient, source: String = source, environment: [String: String] = ["SECOND_KEY": "sk-secret-123"],
        providers: [String: ProviderSettings] = [:], endpoints: [String: EndpointSettings] = [:], name: String = "openai"
    ) async throws -> any Provider {
        let plugins = try TestPlugins(
            ["plugins/providers/openai.lua": source], http: http, environment: environment, providers: providers, endpoints: endpoints)
        #expect(await plugins.host.load().compactMap(\.error) == [])
        return try #require(plugins.catalog.provider(name))
    }

    private static func call(_ model: String = "m") -> ModelCall {
        ModelCall(
            id: "1", model: ModelName(provider: "openai", model: model), system: "s",
            tools: [ToolSchema(name: "t", description: "d", parameters: ["type": "object"])],
            messages: [
                Message(.user, [.text("hi")]),
                Message(.assistant, [.toolCall(ToolCall(id: "c0", name: "t", arguments: ["list": [], "none": nil, "map": [:]]))]),
            ], purpose: "turn", agent: "ada", role: "coder", step: 0)
    }

    private static func server(
        _ body: String, status: Int = 200, headers: HTTPHeaders = ["content-type": "text/event-stream"]
    ) -> ScriptedHTTPClient {
        ScriptedHTTPClient { (_) throws(HTTPError) in HTTPResponse(status: status, headers: headers, body: HTTPBody(Array(body.utf8))) }
    }

    private func collect(_ provider: any Provider, _ model: String = "m") async -> (events: [ModelEvent], failure: ModelFailure?) {
        var events: [ModelEvent] = []
        do {
            for try await event in provider.stream(Self.call(model)) { events.append(event) }
            return (events, nil)
        } catch {
            return (events, error as? ModelFailure)
        }
    }

    @Test("sends what request made, with the key put in by the host, and streams what decode emits")
    func streaming() async throws {
        let http = Self.server("data: he\n\ndata: llo\n\nevent: call\ndata: {}\n\nevent: usage\ndata: u\n\ndata: [DONE]\n\n")
        let provider = try await provider(http)
        let (events, failure) = await collect(provider)
        #expect(failure == nil)
        #expect(
            events == [
                .text("he"), .text("llo"), .toolCallDelta(index: 0, id: "c1", name: "t", arguments: "{}"),
                .usage(Usage(input: 1, output: 4)),
                .stop(.end),
            ])
        let request = try #require(http.requests.first)
        #expect(request.url == "https://api.test/v1/chat")
        #expect(request.headers["authorization"] == "Bearer sk-secret-123")
        #expect(request.headers["content-type"] == "application/json")
        let body = try JSON.parse(request.body)
        #expect(body["messages"]?[1]?["parts"]?[0]?["arguments"] == ["list": [], "none": nil, "map": [:]])
        #expect(body["tools"]?[0]?["parameters"] == ["type": "object"])
        #expect(provider.defaultModel == "m1")
        #expect(provider.secretVariables == ["FIRST_KEY", "SECOND_KEY"])
    }

    @Test("pieces of an answer arrive as they are sent")
    func pieces() async throws {
        let body = ScriptedBody()
        let http = ScriptedHTTPClient { (_) throws(HTTPError) in
            HTTPResponse(status: 200, headers: ["content-type": "text/event-stream"], body: body.body)
        }
        var iterator = try await provider(http).stream(Self.call()).makeAsyncIterator()
        body.send("data: o")
        body.send("ne\n\n")
        #expect(try await iterator.next() == .text("one"))
        body.send("data: two\n\n")
        #expect(try await iterator.next() == .text("two"))
        body.finish()
        #expect(try await iterator.next() == nil)
    }

    @Test("what comes all at once arrives in order, more of it than anything holds")
    func atOnce() async throws {
        let numbers = Array(0..<1_000)
        let http = Self.server(numbers.map { "data: \($0)\n\n" }.joined() + "data: [DONE]\n\n")
        let (events, failure) = await collect(try await provider(http))
        #expect(failure == nil)
        #expect(events == numbers.map { .text("\($0)") } + [.stop(.end)])
    }

    @Test("a reader who goes ends the transfer")
    func readerGone() async throws {
        let (gone, tell) = AsyncStream.makeStream(of: Void.self)
        let body = ScriptedBody(onAbandon: { tell.yield() })
        let http = ScriptedHTTPClient { (_) throws(HTTPError) in HTTPResponse(status: 200, body: body.body) }
        let provider = try await provider(http)
        body.send("data: one\n\n")
        do {
            var iterator = provider.stream(Self.call()).makeAsyncIterator()
            #expect(try await iterator.next() == .text("one"))
        }
        for await _ in gone { break }
    }

    @Test("a slow reader slows the provider down")
    func backPressure() async throws {
        let channel = EventChannel(capacity: 2)
        let sent = Mutex(0)
        let sender = Task {
            for number in 0..<100 {
                if channel.offer(.text("\(number)")) != .open, await !channel.room() { return }
                sent.withLock { $0 = number + 1 }
            }
            channel.finish()
        }
        var read = 0
        while let event = try await channel.next() {
            #expect(event == .text("\(read)"))
            read += 1
            #expect(sent.withLock { $0 } <= read + 2)
        }
        #expect(read == 100)
        await sender.value
    }

    @Test("a cancelled reader is told so")
    func cancelled() async throws {
        let body = ScriptedBody()
        let http = ScriptedHTTPClient { (_) throws(HTTPError) in HTTPResponse(status: 200, body: body.body) }
        let provider = try await provider(http)
        body.send("data: one\n\n")
        let (first, tell) = AsyncStream.makeStream(of: Void.self)
        let reader = Task { () -> ModelFailure? in
            do {
                for try await _ in provider.stream(Self.call()) { tell.yield() }
                return nil
            } catch {
                return error as? ModelFailure
            }
        }
        for await _ in first { break }
        reader.cancel()
        let failure = await reader.value
        #expect(failure == nil || failure?.kind == .cancelled)
    }

    @Test("says which variable to set when the key is missing")
    func missing() async throws {
        let http = Self.server("")
        #expect(try await provider(http, environment: [:]).missing() == "set FIRST_KEY or SECOND_KEY")
        #expect(try await provider(http, environment: ["FIRST_KEY": "x"]).missing() == nil)
        #expect(try await provider(http, environment: ["FIRST_KEY": " "]).missing() != nil)
        let own = ["openai": ProviderSettings(baseURL: nil, keyEnv: "MINE")]
        #expect(try await provider(http, providers: own).missing() == "set MINE")
        #expect(try await provider(http, environment: ["MINE": "x"], providers: own).missing() == nil)
    }

    @Test("takes its address from the environment, then the configuration, then its own table")
    func address() async throws {
        let http = Self.server("")
        let settings = ["openai": ProviderSettings(baseURL: "http://configured:1/x/", keyEnv: nil)]
        _ = await collect(try await provider(http, providers: settings))
        _ = await collect(try await provider(http, environment: ["BASE": "http://env:2"], providers: settings))
        #expect(http.requests.map(\.url) == ["http://configured:1/x/chat", "http://env:2/chat"])
        #expect(http.requests.last?.headers["authorization"] == nil, "without a key there is no header for it")
    }

    @Test(
        "completes an address of the environment by its own",
        arguments: [
            ("0.0.0.0:8080", "http://0.0.0.0:8080"), ("box", "http://box:11434"), (":80", "http://127.0.0.1:80"),
            ("[::1]", "http://[::1]:11434"), ("[::1]:80/", "http://[::1]:80"), ("box/api", "http://box:11434/api"),
            ("https://box", "https://box"),
        ])
    func host(given: String, whole: String) {
        let credentials = Credentials(baseURL: "http://127.0.0.1:11434", baseURLVariables: ["OLLAMA_HOST"])
        let account = Account(
            credentials, settings: nil, environment: { $0 == "OLLAMA_HOST" ? given : nil }, files: MemoryFileSystem())
        #expect(account.baseURL == whole)
    }

    @Test("is an endpoint of the configuration under another name")
    func endpoint() async throws {
        let http = Self.server("data: hi\n\ndata: [DONE]\n\n")
        let endpoints = [
            "local": EndpointSettings(url: "http://localhost:8000/v1"), "team": EndpointSettings(url: "https://t", keyEnv: "TEAM_KEY"),
        ]
        let local = try await provider(http, environment: [:], endpoints: endpoints, name: "local")
        #expect(await local.missing() == nil)
        #expect(local.defaultModel == nil)
        #expect(await collect(local).events == [.text("hi"), .stop(.end)])
        #expect(http.requests.first?.url == "http://localhost:8000/v1/chat")
        #expect(try await provider(http, environment: [:], endpoints: endpoints, name: "team").missing() == "set TEAM_KEY")
    }

    @Test("of an endpoint is the one that speaks its dialect")
    func dialect() async throws {
        func source(_ dialect: String, path: String) -> String {
            Self.source.replacing("api = 1,", with: "api = 1, dialect = \"\(dialect)\",").replacing("\"/chat\"", with: "\"\(path)\"")
        }
        let http = Self.server("data: [DONE]\n\n")
        let url = "http://localhost:8000/v1"
        let plugins = try TestPlugins(
            [
                "plugins/providers/openai.lua": Self.source, "plugins/providers/acme.lua": source("openai-chat", path: "/acme"),
                "plugins/providers/other.lua": source("other", path: "/other"),
            ], http: http,
            endpoints: [
                "plain": EndpointSettings(url: url), "different": EndpointSettings(url: url, dialect: "other"),
                "odd": EndpointSettings(url: url, dialect: "othre"),
            ])
        _ = await plugins.host.load()
        for name in ["plain", "different"] { _ = await collect(try #require(plugins.catalog.provider(name))) }
        #expect(http.requests.map(\.url) == [url + "/chat", url + "/other"])
        let odd = try #require(plugins.catalog.provider("odd"))
        #expect(await odd.missing() == "no plugin speaks its dialect «othre»; did you mean \"other\"?")
        #expect(await collect(odd).failure?.kind == .unavailable)
    }

    @Test("that knows no server is there for endpoints, and says so")
    func noServer() async throws {
        let source = "return { api = 1, dialect = \"d\", request = function(call) return {} end, decode = function() end }"
        let http = Self.server("")
        #expect(try await provider(http, source: source).missing() == "set provider.openai.base_url")
        let settings = ["openai": ProviderSettings(baseURL: "http://here:1")]
        #expect(try await provider(http, source: source, providers: settings).missing() == nil)
    }

    @Test("sends the key to no other server than its own")
    func otherServer() async throws {
        let http = Self.server("")
        let failure = await collect(try await provider(http), "elsewhere").failure
        #expect(failure?.kind == .invalid)
        #expect(
            failure?.message
                == "The provider openai made no request: the key is only sent to the base URL, and request returned another server's url.")
        #expect(http.requests.isEmpty)
    }

    @Test(
        "an answer that is no success is what the plugin says of it, else what its status says",
        arguments: [
            (429, "x", ModelFailure(.rateLimited, "slow down: x", retryAfter: 7)),
            (
                401, "{\"error\":{\"message\":\"bad key sk-secret-123\"}}",
                ModelFailure(.auth, "openai answered HTTP 401: bad key [key]", hint: "Check the key of openai.")
            ),
            (503, "<html>", ModelFailure(.overloaded, "openai answered HTTP 503", retryAfter: 7)),
            (500, "{\"message\":\"oops\"}", ModelFailure(.server, "openai answered HTTP 500: oops", retryAfter: 7)),
            (
                400, "{\"error\":\"maximum context length\"}",
                ModelFailure(.contextTooLong, "openai answered HTTP 400: maximum context length")
            ),
            (418, "", ModelFailure(.invalid, "openai answered HTTP 418")),
            (402, "", ModelFailure(.quota, "openai answered HTTP 402", hint: "Check the balance of the account at openai.")),
        ] as [(Int, String, ModelFailure)])
    func statuses(_ status: Int, _ body: String, _ failure: ModelFailure) async throws {
        let result = await collect(try await provider(Self.server(body, status: status, headers: ["retry-after": "7"])))
        #expect(result.failure == failure)
    }

    @Test("JSON where a stream was asked for is an error, and never the end of a reply")
    func unstreamed() async throws {
        let json: HTTPHeaders = ["content-type": "application/json; charset=utf-8"]
        let error = await collect(try await provider(Self.server("{\"error\":{\"message\":\"no model\"}}", headers: json))).failure
        #expect(error == ModelFailure(.server, "openai answered with an error: no model"))
        let reply = await collect(try await provider(Self.server("{\"choices\":[]}", headers: json))).failure
        #expect(reply?.kind == .invalid)
        #expect(reply?.message == "openai answered with one JSON document where a stream of events was asked for.")
    }

    @Test("an error in the stream ends it after what came before")
    func eventError() async throws {
        let (events, failure) = await collect(
            try await provider(Self.server("data: one\n\nevent: failure\ndata: busy sk-secret-123\n\ndata: two\n\n")))
        #expect(events == [.text("one")])
        #expect(failure == ModelFailure(.overloaded, "busy [key]", retryAfter: 2))
    }

    @Test(
        "trouble on the way is a failure of its kind",
        arguments: [
            (.cut, .network), (.stalled, .stalled), (.cannotConnect, .network), (.cancelled, .cancelled), (.tooLarge(limit: 1), .invalid),
        ] as [(HTTPError.Reason, ModelFailure.Kind)])
    func transport(_ reason: HTTPError.Reason, _ kind: ModelFailure.Kind) async throws {
        let atOnce = ScriptedHTTPClient { (_) throws(HTTPError) in throw HTTPError(reason, host: "api.test") }
        #expect(await collect(try await provider(atOnce)).failure?.kind == kind)
        let midway = ScriptedHTTPClient { (_) throws(HTTPError) in
            let body = ScriptedBody()
            body.send("data: one\n\n")
            body.finish(reason)
            return HTTPResponse(status: 200, body: body.body)
        }
        let (events, failure) = await collect(try await provider(midway))
        #expect(events == [.text("one")])
        #expect(failure?.kind == kind)
    }

    @Test("a fault of the plugin says so, with its place")
    func fault() async throws {
        let failure = await collect(try await provider(Self.server("data: boom\n\n"))).failure
        #expect(failure?.kind == .invalid)
        #expect(failure?.message == "The provider openai failed: plugins/providers/openai.lua:14: cannot read it")
        let odd = await collect(try await provider(Self.server("event: odd\ndata: x\n\n"))).failure
        #expect(
            odd?.message.contains("plugins/providers/openai.lua:19: emit takes a table with type = one of error, stop, text, thinking")
                == true)
    }

    @Test("a provider that goes quiet counts as stalled")
    func stalled() async throws {
        let body = ScriptedBody()
        let http = ScriptedHTTPClient { (_) throws(HTTPError) in HTTPResponse(status: 200, body: body.body) }
        let plugins = try TestPlugins(["plugins/providers/openai.lua": Self.source], http: http)
        await plugins.host.load()
        let provider = try #require(plugins.catalog.provider("openai"))
        let reader = Task { () -> ModelFailure? in
            do {
                for try await _ in provider.stream(Self.call()) {}
                return nil
            } catch {
                return error as? ModelFailure
            }
        }
        for _ in 0..<2 {
            await plugins.clock.waitForSleepers(1)
            plugins.clock.advance(by: .seconds(180))
        }
        #expect(await reader.value?.kind == .stalled)
    }

    @Test("a plugin may make the reply itself")
    func ownStream() async throws {
        let source = """
            return { api = 1, stream = function(call, emit)
              for word in ("one two"):gmatch("%a+") do emit({ type = "text", text = word }) end
              emit({ type = "thinking", text = call.agent .. call.role .. call.step .. call.purpose, signature = "s" })
              emit({ type = "stop", reason = "tool_use" })
            end }
            """
        let provider = try await provider(Self.server(""), source: source, environment: [:])
        #expect(await provider.missing() == nil)
        #expect(
            await collect(provider).events == [.text("one"), .text("two"), .thinking("adacoder0turn", signature: "s"), .stop(.toolUse)])
    }
}
