import Glibc
import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel
@testable import LoomPlugins

@Suite("Where a provider's key comes from", .timeLimit(.minutes(1))) struct SignInTests {
    private static let signIn = """
        sign_in = {
          authorize_url = 'https://vendor.test/authorize', token_url = 'https://vendor.test/token', client_id = 'c1',
          scopes = { 'a', 'b' }, redirect = 'paste', redirect_url = 'https://vendor.test/shown', headers = { ['x-plan'] = 'p' },
          base_url = 'https://signed.test',
        },
        """

    private static func source(_ more: String = signIn) -> String {
        """
        return {
          api = 1, credentials = { key_env = 'ACME_KEY', base_url = 'https://api.test' }, \(more)
          request = function(call)
            return { url = call.base_url .. '/x', headers = { authorization = 'Bearer {{key}}' }, body = { signed_in = call.signed_in } }
          end,
          decode = function(event, emit) emit({ type = 'text', text = event.data }) end,
        }
        """
    }

    /// A vendor: its tokens are numbered, and its model takes the last one.
    private final class Vendor: Sendable {
        let grants = Mutex<[[String: String]]>([])
        let refused = Mutex<Set<String>>([])
        let lifetime = Mutex(3_600)

        var http: ScriptedHTTPClient {
            ScriptedHTTPClient { [self] (request) throws(HTTPError) in
                let json: HTTPHeaders = ["content-type": "application/json"]
                guard request.url == "https://vendor.test/token" else {
                    if let key = request.headers["authorization"], refused.withLock({ $0.contains(key) }) {
                        return HTTPResponse(status: 401, headers: json, body: HTTPBody(Array("{\"said\":\"\(key)\"}".utf8)))
                    }
                    return HTTPResponse(
                        status: 200, headers: ["content-type": "text/event-stream"], body: HTTPBody(Array("data: hi\n\n".utf8)))
                }
                let fields = PercentEncoding.fields(of: String(decoding: request.body, as: UTF8.self))
                let number = grants.withLock { grants in
                    grants.append(fields)
                    return grants.count
                }
                if fields["refresh_token"] == "spent" {
                    return HTTPResponse(status: 400, headers: json, body: HTTPBody(Array(#"{"error":"invalid_grant"}"#.utf8)))
                }
                let seconds = lifetime.withLock { $0 }
                let text =
                    #"{"access_token":"access-\#(number)","refresh_token":"refresh-\#(number)","expires_in":\#(seconds),"email":"ada"}"#
                return HTTPResponse(status: 200, headers: json, body: HTTPBody(Array(text.utf8)))
            }
        }
    }

    /// A provider with a store on the disk, since its lock is one of the system.
    private struct World {
        let folder: Folder
        let vendor = Vendor()
        let http: ScriptedHTTPClient
        let store: TokenStore
        let plugins: TestPlugins
        let provider: LuaProvider

        init(
            _ source: String = SignInTests.source(), environment: [String: String] = [:], settings: ProviderSettings? = nil,
            processes: any ProcessRunner = ScriptedProcessRunner()
        ) async throws {
            folder = try Folder()
            http = vendor.http
            store = TokenStore(folder: folder.path + "/state", files: LiveFileSystem())
            let folderPath = folder.path
            plugins = try TestPlugins(
                ["plugins/providers/acme.lua": source], http: http, environment: environment.merging(["HOME": folderPath]) { $1 },
                providers: settings.map { ["acme": $0] } ?? [:], processes: processes, tokens: store)
            #expect(await plugins.host.load().compactMap(\.error) == [])
            provider = try #require(plugins.catalog.provider("acme") as? LuaProvider)
        }

        func signIn() async throws {
            let attempt = try provider.beginSignIn(listeningAt: nil)
            let state = try #require(PercentEncoding.fields(of: attempt.address)["state"])
            #expect(try await attempt.finish(try attempt.code(pasted: "the-code#\(state)")) == "ada")
        }

        func call() async -> ModelFailure? {
            let call = ModelCall(
                id: "1", model: ModelName(provider: "acme", model: "m"), messages: [Message(.user, [.text("hi")])], purpose: "turn")
            do {
                for try await _ in provider.stream(call) {}
                return nil
            } catch {
                return error as? ModelFailure
            }
        }

        /// What the model's server was asked with.
        var keys: [String] { http.requests.filter { !$0.url.contains("vendor") }.compactMap { $0.headers["authorization"] } }
    }

    private final class Folder: Sendable {
        let path: String

        init() throws {
            var template = Array("/tmp/loomkin-test-XXXXXX".utf8CString)
            try #require(mkdtemp(&template) != nil)
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        deinit { try? LiveFileSystem().remove(path, recursively: true) }
    }

    // MARK: Signing in

    @Test("a sign-in brings address, headers and key of its own, and the call says so")
    func signedIn() async throws {
        let world = try await World()
        #expect(await world.provider.missing() == "set ACME_KEY, or sign in: loomkin login acme")
        try await world.signIn()
        #expect(world.provider.keyOrigin == KeyOrigin(.signIn, detail: "ada", expires: world.plugins.clock.now + .seconds(3_600)))
        #expect(await world.provider.missing() == nil)
        #expect(await world.call() == nil)
        let request = try #require(world.http.requests.last)
        #expect(request.url == "https://signed.test/x" && request.headers["x-plan"] == "p")
        #expect(request.headers["authorization"] == "Bearer access-1")
        #expect(try JSON.parse(request.body) == ["signed_in": true])
        let filter = SecretFilter(environment: [:], names: [], learned: world.plugins.learned)
        #expect(filter.redact("access-1 refresh-1") == "«token of acme» «token of acme»")
        #expect("\(world.provider.account.keys)".contains("access-1") == false)
    }

    @Test("the code is redeemed with the verifier of the challenge")
    func redeemed() async throws {
        let world = try await World()
        let attempt = try world.provider.beginSignIn(listeningAt: nil)
        let asked = PercentEncoding.fields(of: attempt.address.split(separator: "?")[1])
        #expect(asked["code_challenge_method"] == "S256" && asked["scope"] == "a b" && asked["client_id"] == "c1")
        _ = try await attempt.finish("code")
        let sent = try #require(world.vendor.grants.withLock { $0.first })
        #expect(PKCE(verifier: sent["code_verifier"] ?? "").challenge == asked["code_challenge"])
        #expect(sent["redirect_uri"] == asked["redirect_uri"] && sent["grant_type"] == "authorization_code")
    }

    @Test(
        "what belongs to another attempt is refused", arguments: ["code#other", "https://x.test/?code=c&state=other", "code", "", "a#b#c"])
    func otherState(_ pasted: String) async throws {
        let attempt = try await World().provider.beginSignIn(listeningAt: nil)
        #expect(throws: SignInFault.self) { try attempt.code(pasted: pasted) }
    }

    /// A browser's visit at port 5000, and what comes of it.
    enum Visit: CaseIterable {
        case right, localhost, refused, empty, otherState, otherPath, otherHost, otherPort, noHost, posted

        func ask(_ attempt: SignInAttempt, state: String) -> SignInAttempt.Answer {
            let query = "/callback?code=c%201&state=\(state)"
            return switch self {
            case .right: attempt.answer(method: "GET", host: "127.0.0.1:5000", target: query)
            case .localhost: attempt.answer(method: "GET", host: "localhost:5000", target: query)
            case .refused: attempt.answer(method: "GET", host: "127.0.0.1:5000", target: "/callback?error=denied&state=\(state)")
            case .empty: attempt.answer(method: "GET", host: "127.0.0.1:5000", target: "/callback?state=\(state)")
            case .otherState: attempt.answer(method: "GET", host: "127.0.0.1:5000", target: "/callback?code=c&state=x\(state)")
            case .otherPath: attempt.answer(method: "GET", host: "127.0.0.1:5000", target: "/other?code=c&state=\(state)")
            case .otherHost: attempt.answer(method: "GET", host: "evil.test:5000", target: query)
            case .otherPort: attempt.answer(method: "GET", host: "127.0.0.1:5001", target: query)
            case .noHost: attempt.answer(method: "GET", host: nil, target: query)
            case .posted: attempt.answer(method: "POST", host: "127.0.0.1:5000", target: query)
            }
        }

        var status: Int {
            switch self {
            case .right, .localhost, .refused, .empty: 200
            case .otherState, .otherHost, .otherPort, .noHost, .posted: 400
            case .otherPath: 404
            }
        }

        /// What the waiting ends with: a code, or nothing but a fault.
        var code: String?? {
            switch self {
            case .right, .localhost: .some("c 1")
            case .refused, .empty: .some(nil)
            default: nil
            }
        }
    }

    @Test("only a browser that brings our state, to our address, ends the waiting", arguments: Visit.allCases)
    func visits(_ visit: Visit) async throws {
        let world = try await World(
            Self.source(Self.signIn.replacing("redirect = 'paste', redirect_url = 'https://vendor.test/shown',", with: "")))
        #expect(world.provider.returnPort == 0)
        let attempt = try world.provider.beginSignIn(listeningAt: 5_000)
        let asked = PercentEncoding.fields(of: attempt.address.split(separator: "?")[1])
        #expect(asked["redirect_uri"] == "http://127.0.0.1:5000/callback")
        let answer = visit.ask(attempt, state: try #require(asked["state"]))
        #expect(answer.status == visit.status)
        #expect(answer.outcome.map { try? $0.get() } == visit.code)
    }

    @Test("where the person pastes, no visit counts")
    func pasting() async throws {
        let world = try await World()
        #expect(world.provider.returnPort == nil)
        let attempt = try world.provider.beginSignIn(listeningAt: nil)
        let state = try #require(PercentEncoding.fields(of: attempt.address)["state"])
        #expect(Visit.right.ask(attempt, state: state).status == 404)
    }

    // MARK: The store

    @Test("the tokens' file and folder are the user's alone, also where they were not before")
    func rights() async throws {
        let world = try await World()
        let files = LiveFileSystem()
        let folder = world.folder.path + "/state"
        try files.makeDirectory(folder)
        try files.setMode(0o755, of: folder)
        try await world.signIn()
        #expect(try files.status(of: folder).mode == 0o700)
        #expect(try files.status(of: folder + "/credentials.json").mode == 0o600)
        try files.setMode(0o640, of: folder + "/credentials.json")
        #expect(world.provider.keyOrigin?.source == .nothing)
        #expect(await world.provider.missing()?.contains("run «chmod 600 \(folder)/credentials.json»") == true)
    }

    @Test("a file of another version is left as it is", arguments: [#"{"version":2,"accounts":{}}"#, "not JSON", "[]"])
    func otherVersion(_ text: String) async throws {
        let world = try await World()
        let path = world.folder.path + "/state/credentials.json"
        try LiveFileSystem().write(Array(text.utf8), to: path, options: WriteOptions(createsParents: true, mode: 0o600))
        await #expect(throws: SignInFault.self) { try await world.signIn() }
        #expect(String(decoding: try LiveFileSystem().read(path), as: UTF8.self) == text)
    }

    // MARK: Renewing

    @Test("of twenty callers whose token ends, one renews it")
    func once() async throws {
        let world = try await World()
        try await world.signIn()
        world.plugins.clock.advance(by: .seconds(3_400))
        let failures = await withTaskGroup(of: ModelFailure?.self) { group in
            for _ in 0..<20 { group.addTask { await world.call() } }
            return await group.reduce(into: 0) { count, failure in if failure != nil { count += 1 } }
        }
        #expect(failures == 0)
        #expect(world.vendor.grants.withLock { $0.map { $0["grant_type"] ?? "" } } == ["authorization_code", "refresh_token"])
        #expect(Set(world.keys) == ["Bearer access-2"] && world.keys.count == 20)
    }

    @Test("a token that was refused is renewed, once")
    func refused() async throws {
        let world = try await World()
        try await world.signIn()
        world.vendor.refused.withLock { $0 = ["Bearer access-1"] }
        #expect(await world.call() == nil)
        #expect(world.keys == ["Bearer access-1", "Bearer access-2"])
        world.vendor.refused.withLock { $0 = ["Bearer access-2", "Bearer access-3"] }
        let failure = await world.call()
        #expect(failure?.kind == .auth && failure?.message.contains("access-3") == false)
        #expect(world.keys.count == 4)
    }

    @Test("a refresh that is refused says what to do, and is not tried again")
    func ended() async throws {
        let world = try await World()
        try await world.signIn()
        var account = try #require(try world.store.accounts()["acme"])
        account.refreshToken = "spent"
        try world.store.set(account, for: "acme")
        world.plugins.clock.advance(by: .seconds(4_000))
        #expect(await world.call()?.message.contains("sign in again: loomkin login acme") == true)
        #expect(await world.call()?.message.contains("sign in again: loomkin login acme") == true)
        #expect(world.vendor.grants.withLock { $0.count } == 2 && world.keys.isEmpty)
        #expect(await world.provider.missing() == "sign in again: loomkin login acme")
    }

    // MARK: Commands

    private static func printing(_ texts: [String]) -> ScriptedProcessRunner {
        let rest = Mutex(texts)
        return ScriptedProcessRunner(run: { (_) throws(ProcessError) in
            let text = rest.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return ProcessResult(output: CapturedOutput(Array(text.utf8)))
        })
    }

    private static var command: ProviderSettings {
        var settings = ProviderSettings()
        settings.keyCommand = "pass show acme"
        return settings
    }

    @Test("a command runs once for all callers, as it stands, at home")
    func command() async throws {
        let runner = Self.printing(["the-printed-key\nmore\n"])
        let world = try await World(settings: Self.command, processes: runner)
        #expect(await world.provider.missing() == nil && runner.specs.isEmpty)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { #expect(await world.call() == nil) } }
        }
        #expect(Set(world.keys) == ["Bearer the-printed-key"] && world.keys.count == 20)
        let spec = try #require(runner.specs.first)
        #expect(runner.specs.count == 1 && spec.command == .shell("pass show acme") && spec.timeout == .seconds(60))
        #expect(spec.workingDirectory == world.folder.path)
        let filter = SecretFilter(environment: [:], names: [], learned: world.plugins.learned)
        #expect(filter.redact("the-printed-key") == "«key of acme»")
    }

    @Test("a refused key has the command run once more, and the same key is not sent again")
    func again() async throws {
        let runner = Self.printing(["older-key\n", "newer-key\n"])
        let world = try await World(settings: Self.command, processes: runner)
        world.vendor.refused.withLock { $0 = ["Bearer older-key"] }
        #expect(await world.call() == nil)
        #expect(world.keys == ["Bearer older-key", "Bearer newer-key"])
        world.vendor.refused.withLock { $0 = ["Bearer newer-key"] }
        #expect(await world.call()?.kind == .auth)
        #expect(world.keys.count == 3 && runner.specs.count == 3)
    }

    @Test("a variable comes before a command, and a command before a sign-in")
    func order() async throws {
        let world = try await World(settings: Self.command, processes: Self.printing(["the-printed-key"]))
        try await world.signIn()
        #expect(await world.call() == nil)
        #expect(world.keys == ["Bearer the-printed-key"])
        #expect(world.http.requests.last?.url == "https://api.test/x" && world.http.requests.last?.headers["x-plan"] == nil)
        let variable = try await World(environment: ["ACME_KEY": "k"], settings: Self.command)
        #expect(variable.provider.keyOrigin == KeyOrigin(.variable, detail: "ACME_KEY"))
    }

    // MARK: The table

    @Test(
        "a table that cannot be used says which field is at fault",
        arguments: [
            ("token_url = 'https://v.test/t'", "sign_in.authorize_url is missing"),
            ("authorize_url = 'http://v.test', token_url = 'https://v.test'", "sign_in.authorize_url must be an https URL"),
            ("authorise_url = 'https://v.test'", "sign_in.authorise_url is no field of sign_in"),
            (
                "authorize_url = 'https://v.test', token_url = 'https://v.test', redirect = 'paste'",
                "sign_in.redirect_url must be the https URL"
            ),
            ("authorize_url = 'https://v.test', token_url = 'https://v.test', host = '0.0.0.0'", "sign_in.host must be 127.0.0.1"),
            ("authorize_url = 'https://v.test', token_url = 'https://v.test', parameters = { state = 'x' }", "may not hold state"),
            ("authorize_url = 'https://v.test', token_url = 'https://v.test', token_format = 'xml'", "must be form or json"),
        ])
    func tables(_ table: String, _ reason: String) async throws {
        let plugins = try TestPlugins(["plugins/providers/acme.lua": Self.source("sign_in = { \(table) },")])
        let error = await plugins.host.load().compactMap(\.error).first ?? ""
        #expect(error.contains(reason), "\(error)")
    }
}
