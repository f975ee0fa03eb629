package import LoomKernel
package import LoomSystem

/// What plugins need of the world, handed in so that a test can script it.
package struct PluginPorts: Sendable {
    package var clock: any WallClock
    package var files: any FileSystem
    package var http: any HTTPClient
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

    package var configuration: Configuration { liveConfiguration.value }

    /// How long calls may go on after their plugin was replaced.
    var grace: Duration { .seconds(configuration.pluginGrace) }

    package init(
        clock: any WallClock, files: any FileSystem, http: any HTTPClient,
        environment: @escaping @Sendable (String) -> String?,
        configuration: LiveConfiguration = LiveConfiguration(),
        log: @escaping @Sendable (String, String, String) -> Void = { _, _, _ in },
        report: @escaping @Sendable (PluginReported) -> Void = { _ in },
        trust: any PluginTrust = FullTrust()
    ) {
        self.clock = clock
        self.files = files
        self.http = http
        self.environment = environment
        self.liveConfiguration = configuration
        self.log = log
        self.report = report
        self.trust = trust
    }
}
