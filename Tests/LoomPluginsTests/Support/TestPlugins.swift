import LoomKernel
import LoomSystem
import Synchronization

@testable import LoomPlugins

/// Plugins in memory: files by path below their root, a host over them, and what it reported.
final class TestPlugins: Sendable {
    static let bundled = PluginRoot(name: "bundled", folder: "/bundled")
    static let user = PluginRoot(name: "user", folder: "/user", prefix: "~/.config/loomkin/")
    static let project = PluginRoot(name: "project", folder: "/project/.loomkin", prefix: ".loomkin/")

    let files = MemoryFileSystem()
    let clock = ManualClock()
    let host: PluginHost
    private let logged: Mutex<[String]>

    /// The files of the bundled root.
    init(
        _ texts: [String: String] = [:], roots: [PluginRoot] = [bundled, user, project],
        http: any HTTPClient = ScriptedHTTPClient([]), environment: [String: String] = [:],
        providers: [String: ProviderSettings] = [:], endpoints: [String: EndpointSettings] = [:], settings: [String: JSON] = [:]
    ) throws {
        let logged = LogBox()
        self.logged = logged.lines
        let ports = PluginPorts(
            clock: clock, files: files, http: http, environment: { environment[$0] }, providers: providers, endpoints: endpoints,
            setting: { settings[$0] }, log: { level, plugin, text in logged.lines.withLock { $0.append("\(level) \(plugin) \(text)") } })
        host = PluginHost(roots: roots, ports: ports)
        for (path, text) in texts { try write(path, text) }
    }
}
