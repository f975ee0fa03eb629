import LoomKernel
import LoomLua
import LoomSystem

/// One attempt of one model call, from the plugin's request to the last event.
struct ProviderCall: Sendable {
    let provider: LuaProvider
    /// As it was when the call began.
    let account: Account
    let call: ModelCall
    let channel: EventChannel

    init(provider: LuaProvider, call: ModelCall, channel: EventChannel) {
        self.provider = provider
        account = provider.account
        self.call = call
        self.channel = channel
    }

    private var ports: PluginPorts { provider.generationState.ports }
    private var name: String { provider.name }

    func run() async {
        do throws(ModelFailure) {
            try await attempt()
            channel.finish()
        } catch {
            channel.finish(error)
        }
    }

    private func attempt() async throws(ModelFailure) {
        var table = call.json(baseURL: account.baseURL, accountSettings: account.settings)
        table["signed_in"] = account.isSignedIn ? true : nil
        switch provider.definition.work {
        case .stream(let function):
            _ = try await lua(.stream(function), [table], context: context())
        case .request(let function, let decode):
            let (response, key) = try await answer(to: function, table)
            if let report = RateReport(response.headers, now: ports.clock.now) { _ = channel.offer(.limits(report)) }
            guard response.isSuccess else { throw await failure(response, key: key) }
            let asked = call.summary(baseURL: account.baseURL)
            if response.framing == .serverSentEvents, response.headers["content-type"]?.lowercased().contains("json") == true {
                return try await unstreamed(response, key: key, asked)
            }
            _ = try await lua(.decode(decode), [asked], context: context(events: EventSource(response, key: key)))
        }
    }

    func context(events: EventSource? = nil) -> CallContext {
        CallContext(phase: .provider, plugin: provider.plugin, ports: ports, channel: channel, events: events)
    }

    // MARK: Lua

    enum Work {
        case plain(LuaFunction)
        case stream(LuaFunction)
        case decode(LuaFunction)
        case answer(LuaFunction)
    }

    func lua(_ work: Work, _ arguments: [JSON], context: CallContext) async throws(ModelFailure) -> [JSON] {
        let state = provider.generationState
        do throws(LuaFault) {
            switch work {
            case .plain(let function): return try await state.call(function, [], arguments, context: context)
            case .stream(let function): return try await state.call(state.prelude.stream, [function], arguments, context: context)
            case .answer(let function): return try await state.call(state.prelude.answer, [function], arguments, context: context)
            case .decode(let function): return try await state.call(state.prelude.decode, [function], arguments, context: context)
            }
        } catch {
            if let failure = context.ending as? ModelFailure { throw failure }
            throw fault(error)
        }
    }

    private func fault(_ error: LuaFault) -> ModelFailure {
        switch error.error.kind {
        case .cancelled:
            return ModelFailure(.cancelled, "The model call was cancelled.")
        case .closed:
            // Another try finds the newer one, or says that there is none.
            return ModelFailure(.network, "The provider \(provider.plugin) was replaced or removed while it answered.")
        case .deadline, .memory, .syntax, .value, .runtime, .host:
            return ModelFailure(
                .invalid, "The provider \(provider.plugin) failed: \(error.text)",
                hint: "This is a fault of its plugin, not of the model.")
        }
    }

    // MARK: HTTP

    private func request(_ table: JSON, key: Secret?) throws(ModelFailure) -> HTTPRequest {
        do throws(ProviderRequest.Fault) {
            var request = try ProviderRequest(account.dressed(table), baseURL: account.baseURL, key: key).request
            request.stallTimeout = .seconds(ports.configuration.stallSeconds)
            return request
        } catch {
            throw ModelFailure(.invalid, "The provider \(provider.plugin) made no request: \(error.reason).")
        }
    }

    /// What the server answers to the request that the plugin makes. A key that can be had anew is, once, when it is refused.
    func answer(
        to function: LuaFunction, _ table: JSON, changing change: (inout HTTPRequest, JSON) -> Void = { _, _ in }
    ) async throws(ModelFailure) -> (response: HTTPResponse, key: Secret?) {
        let key = try await secret()
        let made = try await lua(.plain(function), [table], context: context()).first ?? .null
        func send(_ key: Secret?) async throws(ModelFailure) -> HTTPResponse {
            var request = try request(made, key: key)
            change(&request, made)
            return try await self.send(try signed(request, key: key))
        }
        let response = try await send(key)
        guard response.status == 401, let key, let fresh = try await renewed(key) else { return (response, key) }
        return (try await send(fresh), fresh)
    }

    private func send(_ request: HTTPRequest) async throws(ModelFailure) -> HTTPResponse {
        do throws(HTTPError) {
            return try await ports.client(for: call.model).send(request)
        } catch {
            throw ModelFailure(error)
        }
    }

    func failure(_ response: HTTPResponse, key: Secret?) async -> ModelFailure {
        // The beginning of a body: more is not needed to say what went wrong.
        await failure(response, body: text(of: response, upTo: 64 << 10, key: key), key: key)
    }

    /// What the plugin says about an answer that is no reply, else what its status says.
    private func failure(_ response: HTTPResponse, body: String, key: Secret?) async -> ModelFailure {
        let retryAfter = RateReport.retryAfter(response, now: ports.clock.now)
        if let function = provider.definition.failure {
            var headers: [String: JSON] = [:]
            for field in response.headers { headers[field.name.lowercased()] = .string(key?.redact(field.value) ?? field.value) }
            do throws(ModelFailure) {
                let made = try await lua(
                    .plain(function), [.int(Int64(response.status)), .object(headers), .string(body)], context: context())
                if let table = made.first, let failure = try? ModelFailure(table: table) { return failure.waiting(retryAfter) }
            } catch {
                return error
            }
        }
        return HTTPFailure.failure(provider: name, status: response.status, retryAfter: retryAfter, body: body)
    }

    /// A success that is no stream: some servers report errors so, others do not know streaming.
    private func unstreamed(_ response: HTTPResponse, key: Secret?, _ asked: JSON) async throws(ModelFailure) {
        let body = await text(of: response, upTo: 16 << 20, key: key)
        let document = try? JSON.parse(body)
        if let error = document?["error"] ?? document?[0]?["error"], !error.isNull {
            throw await failure(response, body: body, key: key)
        }
        guard let answer = provider.definition.answer, document != nil else {
            throw ModelFailure(
                .invalid, "\(name) answered with one JSON document where a stream of events was asked for.",
                hint: "Check the base URL, and that the server streams.")
        }
        _ = try await lua(.answer(answer), [.string(body), asked], context: context())
    }

    func text(of response: HTTPResponse, upTo limit: Int, key: Secret?) async -> String {
        var bytes: [UInt8] = []
        var iterator = response.body.makeAsyncIterator()
        while bytes.count < limit, let chunk = try? await iterator.next() { bytes += chunk }
        let text = String(decoding: bytes.prefix(limit), as: UTF8.self)
        return key?.redact(text) ?? text
    }
}

extension ModelFailure {
    init(_ error: HTTPError) {
        let kind: Kind =
            switch error.reason {
            case .invalidURL, .invalidHeader, .tooLarge, .tooManyRedirects, .privateAddress, .notRecorded: .invalid
            case .stalled: .stalled
            case .cancelled: .cancelled
            case .cannotResolve, .cannotConnect, .tls, .timedOut, .cut, .damaged, .other: .network
            }
        self.init(kind, error.description)
    }
}
