package import LoomKernel
package import LoomSystem

/// What plugins need of the world, handed in so that a test can script it.
package struct PluginPorts: Sendable {
    package var clock: any WallClock
    package var files: any FileSystem
    package var http: any HTTPClient
    /// Looks up an environment variable.
    package var environment: @Sendable (String) -> String?
    /// By the plugin's name.
    package var providers: [String: ProviderSettings]
    /// Servers that speak the dialect of the plugin `openai`, each a provider of its own name.
    package var endpoints: [String: EndpointSettings]
    /// The most a plugin may ask for.
    package var ceiling: PluginLimits
    /// How long calls may go on after their plugin was replaced.
    package var grace: Duration
    /// The value of a setting that plugins may read, by its dotted key.
    package var setting: @Sendable (String) -> JSON?
    /// Takes what a plugin logs: level, plugin, text.
    package var log: @Sendable (String, String, String) -> Void
    /// Takes the report of each load and reload.
    package var report: @Sendable (PluginReported) -> Void
    /// What counts of a project's own files.
    package var trust: any PluginTrust
    /// What is open around the plugins; shared by all of a host.
    package let world = PluginWorld()

    package init(
        clock: any WallClock, files: any FileSystem, http: any HTTPClient,
        environment: @escaping @Sendable (String) -> String?,
        providers: [String: ProviderSettings] = [:], endpoints: [String: EndpointSettings] = [:],
        ceiling: PluginLimits = .ceiling, grace: Duration = .seconds(30),
        setting: @escaping @Sendable (String) -> JSON? = { _ in nil },
        log: @escaping @Sendable (String, String, String) -> Void = { _, _, _ in },
        report: @escaping @Sendable (PluginReported) -> Void = { _ in },
        trust: any PluginTrust = FullTrust()
    ) {
        self.clock = clock
        self.files = files
        self.http = http
        self.environment = environment
        self.providers = providers
        self.endpoints = endpoints
        self.ceiling = ceiling
        self.grace = grace
        self.setting = setting
        self.log = log
        self.report = report
        self.trust = trust
    }
}
