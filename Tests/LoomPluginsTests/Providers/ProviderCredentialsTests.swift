import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("What proves who asks a provider", .timeLimit(.minutes(1))) struct ProviderCredentialsTests {
    private static func source(_ credentials: String, headers: String = "") -> String {
        """
        return {
          api = 1,
          credentials = { \(credentials) },
          request = function(call)
            local url = call.model == "elsewhere" and "https://evil.test" or call.base_url
            return {
              url = url .. "/model/a%3A0/" .. (call.settings.project_id or "none"), body = { model = call.model, settings = call.settings },
              headers = { authorization = "Bearer {{key}}", \(headers) },
            }
          end,
          decode = function(event, emit) emit({ type = "text", text = event.event .. " " .. event.data }) end,
        }
        """
    }

    private static let aws = source(
        "kind = 'aws', service = 'bedrock', base_url = 'https://run.{region}.test', "
            + "settings = { region = { 'AWS_REGION', 'AWS_DEFAULT_REGION' } }")
    private static let google = source(
        "kind = 'google_service_account', base_url = 'https://{location}.vertex.test', settings = { "
            + "project_id = { env = 'PROJECT', optional = true }, "
            + "location = { env = 'LOCATION', default = 'eu', base_urls = { global = 'https://vertex.test' } } }")
    private static let keys = ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush-secret", "AWS_REGION": "us-east-1"]

    private func provider(
        _ source: String, _ environment: [String: String], http: any HTTPClient = answering(), files: [String: [UInt8]] = [:],
        providers: [String: ProviderSettings] = [:]
    ) async throws -> (provider: any Provider, plugins: TestPlugins) {
        let plugins = try TestPlugins(["plugins/providers/cloud.lua": source], http: http, environment: environment, providers: providers)
        for (path, bytes) in files {
            try plugins.files.write(bytes, to: path, options: WriteOptions(createsParents: true))
        }
        #expect(await plugins.host.load().compactMap(\.error) == [])
        return (try #require(plugins.catalog.provider("cloud")), plugins)
    }

    private static func call(_ model: String = "m") -> ModelCall {
        ModelCall(
            id: "1", model: ModelName(provider: "cloud", model: model), system: "s", tools: [], messages: [Message(.user, [.text("hi")])],
            purpose: "turn", agent: "ada", role: "coder", step: 0)
    }

    private func collect(_ provider: any Provider, _ model: String = "m") async -> (texts: [String], failure: ModelFailure?) {
        var texts: [String] = []
        do {
            for try await event in provider.stream(Self.call(model)) { if case .text(let text) = event { texts.append(text) } }
            return (texts, nil)
        } catch {
            return (texts, error as? ModelFailure)
        }
    }

    private static func answering(_ status: Int = 200, _ body: String = "data: hi\n\n", type: String = "text/event-stream")
        -> ScriptedHTTPClient
    {
        ScriptedHTTPClient { (_) throws(HTTPError) in
            HTTPResponse(status: status, headers: ["content-type": type], body: HTTPBody(Array(body.utf8)))
        }
    }

    // MARK: Amazon

    @Test("a request is signed by the host after the plugin made it")
    func signed() async throws {
        let http = Self.answering()
        let (provider, plugins) = try await provider(Self.aws, Self.keys.merging(["AWS_SESSION_TOKEN": "session"]) { $1 }, http: http)
        #expect(await provider.missing() == nil)
        #expect(await collect(provider).texts == ["message hi"])
        let request = try #require(http.requests.first)
        #expect(request.url == "https://run.us-east-1.test/model/a%3A0/none")
        #expect(try JSON.parse(request.body)["settings"] == ["region": "us-east-1"])
        var unsigned = request
        for name in ["authorization", "x-amz-date", "x-amz-security-token"] { unsigned.headers[name] = nil }
        let signer = AmazonSignature(
            accessKey: "AKIDEXAMPLE", secretKey: "hush-secret", sessionToken: "session", region: "us-east-1", service: "bedrock")
        #expect(request.headers["authorization"] == signer.sign(unsigned, at: plugins.clock.now).headers["authorization"])
        #expect(request.headers["x-amz-security-token"] == "session")
        #expect(
            Set(provider.secretVariables)
                == ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
    }

    @Test("a bearer key goes before a signature")
    func bearer() async throws {
        let http = Self.answering()
        let (provider, _) = try await provider(
            Self.aws, ["AWS_BEARER_TOKEN_BEDROCK": "b-key", "AWS_DEFAULT_REGION": "eu-west-1"], http: http)
        #expect(await provider.missing() == nil)
        _ = await collect(provider)
        #expect(http.requests.first?.headers["authorization"] == "Bearer b-key")
        #expect(http.requests.first?.headers["x-amz-date"] == nil)
        #expect(http.requests.first?.url.hasPrefix("https://run.eu-west-1.test/") == true)
    }

    @Test(
        "says in one sentence what is missing",
        arguments: [
            (
                [:],
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_BEARER_TOKEN_BEDROCK, and set AWS_REGION or AWS_DEFAULT_REGION"
            ),
            (["AWS_ACCESS_KEY_ID": "a", "AWS_REGION": "r"], "set AWS_SECRET_ACCESS_KEY"),
            (["AWS_BEARER_TOKEN_BEDROCK": "b"], "set AWS_REGION or AWS_DEFAULT_REGION"),
            (
                ["AWS_BEARER_TOKEN_BEDROCK": "b", "AWS_REGION": "evil.test/"],
                "correct AWS_REGION or AWS_DEFAULT_REGION, whose value has no place in a server's address"
            ),
        ] as [([String: String], String)])
    func missing(_ environment: [String: String], _ sentence: String) async throws {
        let (provider, _) = try await provider(Self.aws, environment)
        #expect(await provider.missing() == sentence)
        #expect(await collect(provider).failure != nil)
    }

    @Test("no other server than its own gets a signature or a token", arguments: [true, false])
    func otherServer(_ isSigned: Bool) async throws {
        let http = Self.answering()
        // Without any header that asks for a key.
        let source = isSigned ? Self.aws.replacing("authorization = \"Bearer {{key}}\", ", with: "") : Self.aws
        let environment = isSigned ? Self.keys : ["AWS_BEARER_TOKEN_BEDROCK": "b", "AWS_REGION": "us-east-1"]
        let (provider, _) = try await provider(source, environment, http: http)
        #expect(
            await collect(provider, "elsewhere").failure?.message
                == "The provider cloud made no request: the key is only sent to the base URL, and request returned another server's url.")
        #expect(http.requests.isEmpty)
    }

    @Test("an answer that repeats what signed the request is shown without it")
    func redacted() async throws {
        let body = "{\"message\":\"should have been AKIDEXAMPLE hush-secret session-token\"}"
        let http = Self.answering(403, body, type: "application/json")
        let environment = Self.keys.merging(["AWS_SESSION_TOKEN": "session-token"]) { $1 }
        let (provider, plugins) = try await provider(Self.aws, environment, http: http)
        #expect(await collect(provider).failure?.message == "cloud answered HTTP 403: should have been [key] [key] [key]")
        #expect(plugins.logged.all.allSatisfy { !$0.contains("hush") })
    }

    @Test("an answer in Amazon's framing and one in lines are streams")
    func framings() async throws {
        let message: [UInt8] = [
            0, 0, 0, 0x1D, 0, 0, 0, 0, 0xFD, 0x52, 0x8C, 0x5A, 0x7B, 0x27, 0x66, 0x6F, 0x6F, 0x27, 0x3A, 0x27, 0x62, 0x61, 0x72, 0x27, 0x7D,
            0xC3,
            0x65, 0x39, 0x36,
        ]
        let amazon = ScriptedHTTPClient { (_) throws(HTTPError) in
            HTTPResponse(
                status: 200, headers: ["content-type": "application/vnd.amazon.eventstream"], body: HTTPBody(message + message.dropLast()))
        }
        let (first, _) = try await provider(Self.aws, Self.keys, http: amazon)
        let cut = await collect(first)
        #expect(cut.texts == ["message {'foo':'bar'}"])
        #expect(cut.failure == ModelFailure(.network, "The server sent a stream that is damaged: it ends in the middle of a message."))
        let lines = Self.answering(200, "{\"a\":1}\n{\"b\":2}", type: "application/x-ndjson")
        let (second, _) = try await provider(Self.aws, Self.keys, http: lines)
        #expect(await collect(second).texts == ["message {\"a\":1}", "message {\"b\":2}"])
    }

    // MARK: Google

    private final class Counter: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// A key that opens nothing.
    private static let pem =
        (try? LiveFileSystem().read(BundledHarness.repository + "/Tests/rsa.pem")).map { String(decoding: $0, as: UTF8.self) } ?? ""

    private static func keyFile(_ changes: [String: JSON] = [:]) -> [UInt8] {
        let file: [String: JSON] = [
            "type": "service_account", "project_id": "p-1", "private_key_id": "k-1", "private_key": .string(pem),
            "client_email": "bot@p-1.test", "token_uri": "https://tokens.test/token",
        ]
        return JSON.object(file.merging(changes) { $1 }).bytes()
    }

    /// Gives out tokens by number, and answers everything else.
    private static func tokenServer() -> ScriptedHTTPClient {
        let count = Counter()
        return ScriptedHTTPClient { (request) throws(HTTPError) in
            guard request.url == "https://tokens.test/token" else {
                return HTTPResponse(status: 200, headers: ["content-type": "text/event-stream"], body: HTTPBody(Array("data: hi\n\n".utf8)))
            }
            let number = count.next()
            let body = "{\"access_token\":\"token-\(number)\",\"expires_in\":3600,\"token_type\":\"Bearer\"}"
            return HTTPResponse(status: 200, headers: ["content-type": "application/json"], body: HTTPBody(Array(body.utf8)))
        }
    }

    private static let account = ["GOOGLE_APPLICATION_CREDENTIALS": "/home/key.json"]

    @Test("a service account's token is fetched once, and again five minutes before it ends")
    func token() async throws {
        let http = Self.tokenServer()
        let (provider, plugins) = try await provider(Self.google, Self.account, http: http, files: ["/home/key.json": Self.keyFile()])
        #expect(await provider.missing() == nil)
        await withTaskGroup(of: [String].self) { group in
            for _ in 0..<5 { group.addTask { await collect(provider).texts } }
            for await texts in group { #expect(texts == ["message hi"]) }
        }
        func sent() -> [String] {
            http.requests.filter { $0.url != "https://tokens.test/token" }.compactMap { $0.headers["authorization"] }
        }
        #expect(sent() == [String](repeating: "Bearer token-1", count: 5))
        #expect(http.requests.last?.url == "https://eu.vertex.test/model/a%3A0/p-1")
        plugins.clock.advance(by: .seconds(3_299))
        _ = await collect(provider)
        #expect(sent().last == "Bearer token-1")
        plugins.clock.advance(by: .seconds(1))
        _ = await collect(provider)
        #expect(sent().last == "Bearer token-2")
        #expect(http.requests.count == 9, "two for tokens, seven for replies")
        let form = try #require(http.requests.first { $0.url == "https://tokens.test/token" })
        #expect(
            String(decoding: form.body, as: UTF8.self).hasPrefix(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"))
        #expect(provider.secretVariables == ["GOOGLE_APPLICATION_CREDENTIALS"])
    }

    @Test("settings choose the server, and go before the key file's project")
    func settings() async throws {
        let http = Self.tokenServer()
        let environment = Self.account.merging(["LOCATION": "global", "PROJECT": "mine"]) { $1 }
        let (provider, _) = try await provider(Self.google, environment, http: http, files: ["/home/key.json": Self.keyFile()])
        _ = await collect(provider)
        #expect(http.requests.last?.url == "https://vertex.test/model/a%3A0/mine")
    }

    @Test("a token that the server refuses is not used again")
    func refusedToken() async throws {
        let tokens = Self.tokenServer()
        let http = ScriptedHTTPClient { (request) throws(HTTPError) in
            request.url == "https://tokens.test/token" ? try await tokens.send(request) : HTTPResponse(status: 401)
        }
        let (provider, _) = try await provider(Self.google, Self.account, http: http, files: ["/home/key.json": Self.keyFile()])
        #expect(await collect(provider).failure?.kind == .auth)
        _ = await collect(provider)
        #expect(http.requests.last?.headers["authorization"] == "Bearer token-2")
    }

    @Test(
        "a key file that is no use is named, and not shown",
        arguments: [
            (nil, "set GOOGLE_APPLICATION_CREDENTIALS to the path of the account's key file"),
            ([], "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account: it is no JSON object"),
            (
                keyFile(["private_key": "hush"]),
                "set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account: the private key is no PEM text that can be read"
            ),
        ] as [([UInt8]?, String)])
    func keyFiles(_ bytes: [UInt8]?, _ sentence: String) async throws {
        let files = bytes.map { ["/home/key.json": $0] } ?? [:]
        let (provider, _) = try await provider(Self.google, bytes == nil ? [:] : Self.account, files: files)
        #expect(await provider.missing() == sentence)
        #expect(await collect(provider).failure?.kind == .auth)
    }

    @Test("a key file that is not there is named")
    func noFile() async throws {
        let (provider, _) = try await provider(Self.google, Self.account)
        #expect(await provider.missing()?.hasPrefix("set GOOGLE_APPLICATION_CREDENTIALS to a key file that can be read: ") == true)
    }

    @Test(
        "a token server that refuses says why, without what was sent",
        arguments: [(400, ModelFailure.Kind.auth), (429, .rateLimited), (503, .server)])
    func noToken(_ status: Int, _ kind: ModelFailure.Kind) async throws {
        let http = ScriptedHTTPClient { (request) throws(HTTPError) in
            let sent = String(decoding: request.body, as: UTF8.self).split(separator: "=").last ?? ""
            let body: JSON = ["error": "invalid_grant", "error_description": .string("bad \(sent)")]
            return HTTPResponse(status: status, body: HTTPBody(body.bytes()))
        }
        let (provider, _) = try await provider(Self.google, Self.account, http: http, files: ["/home/key.json": Self.keyFile()])
        let failure = await collect(provider).failure
        #expect(failure?.kind == kind)
        #expect(
            failure?.message
                == "The provider cloud got no access token: the token server answered HTTP \(status) (invalid_grant: bad [key]).")
        _ = await collect(provider)
        #expect(http.requests.count == 2, "a failure is not kept")
    }

    // MARK: Tables

    @Test(
        "a table that does not fit together is refused with its place",
        arguments: [
            ("kind = 'gcp'", "credentials.kind must be one of key, aws, google_service_account, got \"gcp\""),
            ("kind = 'aws', service = 'x'", "credentials of the kind aws need a service, and a setting \"region\""),
            (
                "base_url = 'https://{regoin}.test', settings = { region = 'R' }",
                "credentials.base_url holds {regoin}, which is no setting; did you mean \"region\"?"
            ),
            ("settings = { region = 7 }", "credentials.settings.region must be the names of environment variables, or a table"),
            (
                "settings = { region = { env = 'R', defualt = 'x' } }",
                "credentials.settings.region must be a table without \"defualt\"; did you mean \"default\"?"
            ),
        ])
    func tables(_ credentials: String, _ reason: String) async throws {
        let plugins = try TestPlugins(["plugins/providers/cloud.lua": Self.source(credentials)])
        let errors = await plugins.host.load().compactMap(\.error)
        #expect(errors.count == 1 && errors[0].contains(reason), "\(errors)")
    }

    @Test("a provider whose address only a variable names says so")
    func address() async throws {
        let source = Self.source("key_env = 'K', base_url_env = 'PLACE', settings = { version = { env = 'V', default = 'v1' } }")
        #expect(await (try provider(source, ["K": "x"])).provider.missing() == "set PLACE")
        let http = Self.answering()
        let found = try await provider(source, ["K": "x", "PLACE": "https://p.test/"], http: http).provider
        #expect(await found.missing() == nil)
        _ = await collect(found)
        #expect(try JSON.parse(http.requests[0].body)["settings"] == ["version": "v1"])
    }
}
