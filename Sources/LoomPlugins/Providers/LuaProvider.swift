package import LoomKernel
import LoomSystem

/// A provider whose dialect is written in Lua. One value is one generation.
package struct LuaProvider: Provider {
    package let name: String
    /// The file's name; another one than `name` for an endpoint of the configuration.
    let plugin: String
    let definition: ProviderDefinition
    /// Nil for the plugin's own server.
    let endpoint: EndpointSettings?
    let generationState: Generation
    package let defaultModel: String?

    init(definition: ProviderDefinition, generation: Generation) {
        name = generation.file.key.name
        plugin = generation.file.key.name
        self.definition = definition
        endpoint = nil
        generationState = generation
        defaultModel = definition.defaultModel
    }

    private init(of provider: LuaProvider, name: String, endpoint: EndpointSettings) {
        self.name = name
        plugin = provider.plugin
        definition = provider.definition
        self.endpoint = endpoint
        generationState = provider.generationState
        // The plugin's own default is a model of its vendor.
        defaultModel = nil
    }

    /// The same dialect at another server.
    func endpoint(_ name: String, _ settings: EndpointSettings) -> LuaProvider {
        LuaProvider(of: self, name: name, endpoint: settings)
    }

    var ports: PluginPorts { generationState.ports }

    /// As the configuration, the environment and the files say now.
    var account: Account {
        if let endpoint {
            let keys = KeySources(file: endpoint.keyFile, command: endpoint.keyCommand, environment: ports.environment)
            return Account(
                endpoint, sources: definition.credentials.settings, environment: ports.environment, files: ports.files, keys: keys)
        }
        let settings = ports.configuration.providers[name]
        var keys = KeySources(file: settings?.keyFile, command: settings?.keyCommand, environment: ports.environment)
        addSignIn(to: &keys)
        return Account(definition.credentials, settings: settings, environment: ports.environment, files: ports.files, keys: keys)
    }

    package var generation: Int { generationState.number }

    package var secretVariables: [String] { account.secretVariables }

    package var keyOrigin: KeyOrigin? {
        let account = account
        return account.needsKey || account.origin.source != .nothing ? account.origin : nil
    }

    package func missing() async -> String? {
        let account = account
        // A recording asks nobody for a key.
        if !ports.traffic.isReplay, let missing = account.missing { return missing }
        // Some plugins know a dialect and no server that speaks it: they are there for endpoints.
        return definition.dialect != nil && account.baseURL == nil ? "set provider.\(name).base_url" : nil
    }

    package var vendor: String? { definition.vendor }

    package var dialect: String? { definition.dialect }

    package var isLocal: Bool {
        guard !account.needsKey, let url = account.baseURL else { return false }
        return WebAddress(url).map { ["127.0.0.1", "localhost", "::1", "[::1]"].contains($0.host) } ?? false
    }

    package func models() async throws(ModelFailure) -> [ModelFacts]? {
        let nothing = ModelCall(id: "models", model: ModelName(provider: name, model: ""), messages: [], purpose: "list")
        return try await ProviderCall(provider: self, call: nothing, channel: EventChannel()).models()
    }

    package func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error> {
        let lease = ProviderLease(ProviderCall(provider: self, call: call, channel: EventChannel()))
        return AsyncThrowingStream { try await lease.next() }
    }
}

/// A running call. It ends when nobody holds its stream any more.
private final class ProviderLease: Sendable {
    private let channel: EventChannel
    private let work: Task<Void, Never>
    private let watchdog: Task<Void, Never>

    /// A provider from which nothing has come for so long, neither bytes nor events, counts as stalled.
    private static let patience: Duration = .seconds(180)

    init(_ call: ProviderCall) {
        let channel = call.channel
        let clock = call.provider.generationState.ports.clock
        self.channel = channel
        work = Task { await call.run() }
        watchdog = Task { [work] in
            var last = -1
            while (try? await clock.sleep(for: Self.patience)) != nil {
                let pulse = channel.pulse
                if pulse.isWaitedFor, pulse.progress == last {
                    channel.finish(ModelFailure(.stalled, "\(call.provider.name) sent nothing for \(Self.patience.components.seconds) s."))
                    work.cancel()
                    return
                }
                last = pulse.progress
            }
        }
    }

    deinit {
        work.cancel()
        watchdog.cancel()
        channel.finish()
    }

    func next() async throws -> ModelEvent? {
        do {
            let event = try await withTaskCancellationHandler {
                try await channel.next()
            } onCancel: {
                work.cancel()
            }
            if event == nil { watchdog.cancel() }
            return event
        } catch {
            work.cancel()
            watchdog.cancel()
            throw error
        }
    }
}
