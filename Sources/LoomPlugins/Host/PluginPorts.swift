package import LoomKernel
package import LoomSystem

/// What plugins need of the world, handed in so that a test can script it.
package struct PluginPorts: Sendable {
    package var clock: any WallClock
    package var files: any FileSystem
    package var http: any HTTPClient
    package var processes: any ProcessRunner
    /// Fit for secrets.
    package var random: any RandomSource
    /// What becomes of the requests of providers.
    package var traffic = ModelTraffic.live
    /// Looks up an environment variable.
    package var environment: @Sendable (String) -> String?
    /// What the user has set, as it is now.
    package let liveConfiguration: LiveConfiguration
    /// Takes what a plugin logs: level, plugin, text.
    package var log: @Sendable (String, String, String) -> Void
    /// Takes the report of each load and reload.
    package var report: @Sendable (PluginReported) -> Void
    /// What counts of a project's own files.
    package var trust: any PluginTrust
    /// What is open around the plugins; shared by all of a host.
    package let world = PluginWorld()
    /// Of the providers' accounts; they outlive a reload.
    let accessTokens = AccessTokens()
    let keyCommands = KeyCommands()
    let signInTokens = SignInTokens()
    /// Where the tokens of those who signed in lie; nil where nobody can.
    package var tokenStore: TokenStore?
    /// Keys and tokens that did not come from a variable.
    package let learnedSecrets = LearnedSecrets()

    package var configuration: Configuration { liveConfiguration.value }

    /// What carries a provider's requests.
    func client(for model: ModelName) -> any HTTPClient {
        switch traffic {
        case .live: http
        case .recorded(let recording): RecordingHTTPClient(http, recording, label: model.description)
        case .replayed(let replay): replay
        }
    }

    /// How long calls may go on after their plugin was replaced.
    var grace: Duration { .seconds(configuration.pluginGrace) }

    package init(
        clock: any WallClock, files: any FileSystem, http: any HTTPClient, processes: any ProcessRunner = LiveProcessRunner(),
        random: any RandomSource = LiveRandom(), environment: @escaping @Sendable (String) -> String?,
        configuration: LiveConfiguration = LiveConfiguration(),
        log: @escaping @Sendable (String, String, String) -> Void = { _, _, _ in },
        report: @escaping @Sendable (PluginReported) -> Void = { _ in },
        trust: any PluginTrust = FullTrust()
    ) {
        self.clock = clock
        self.files = files
        self.http = http
        self.processes = processes
        self.random = random
        self.environment = environment
        self.liveConfiguration = configuration
        self.log = log
        self.report = report
        self.trust = trust
    }
}

/// What becomes of the requests of providers.
package enum ModelTraffic: Sendable {
    case live
    /// They are sent, and kept with their answers.
    case recorded(HTTPRecording)
    /// They are answered from a recording.
    case replayed(HTTPReplay)

    package var isReplay: Bool { if case .replayed = self { true } else { false } }
}
