import LoomKernel
import LoomSystem
import Synchronization
import Testing

@testable import LoomPlugins

/// Plugins in memory: files by path below their root, and a host over them.
final class TestPlugins: Sendable {
    static let bundled = PluginRoot(name: "bundled", folder: "/bundled")
    static let user = PluginRoot(name: "user", folder: "/user", prefix: "user/")
    static let project = PluginRoot(name: "project", folder: "/project/.loomkin", prefix: ".loomkin/")

    let files: MemoryFileSystem
    let clock = ManualClock()
    let host: PluginHost
    let logged = Logged()
    let learned: LearnedSecrets
    let reports = Reports()

    final class Reports: Sendable {
        private let reports = Mutex<[PluginReported]>([])
        func add(_ report: PluginReported) { reports.withLock { $0.append(report) } }
        var all: [PluginReported] { reports.withLock { $0 } }
    }

    final class Logged: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// The texts are files of the bundled root.
    init(
        _ texts: [String: String] = [:], roots: [PluginRoot] = [bundled, user, project],
        http: any HTTPClient = ScriptedHTTPClient { (_) throws(HTTPError) in throw HTTPError(.cannotConnect, host: "nowhere") },
        environment: [String: String] = [:], providers: [String: ProviderSettings] = [:], endpoints: [String: EndpointSettings] = [:],
        settings: [String: JSON] = [:], processes: any ProcessRunner = ScriptedProcessRunner(), tokens: TokenStore? = nil,
        files: MemoryFileSystem = MemoryFileSystem(), isWritable: Bool = true
    ) throws {
        self.files = files
        let (logged, reports) = (logged, reports)
        var configuration = Configuration()
        (configuration.providers, configuration.endpoints, configuration.values) = (providers, endpoints, settings)
        var ports = PluginPorts(
            clock: clock, files: files, http: http, processes: processes, random: SeededRandom(seed: 1), environment: { environment[$0] },
            configuration: LiveConfiguration(configuration), log: { logged.add("\($0) \($1): \($2)") }, report: { reports.add($0) },
            trust: TestTrust(isWritable: isWritable))
        ports.tokenStore = tokens
        learned = ports.learnedSecrets
        host = PluginHost(roots: roots, ports: ports)
        for (path, text) in texts { try write(path, text) }
    }

    /// Loads at once; for tests whose plugins are all right.
    static func loaded(_ texts: [String: String]) async throws -> TestPlugins {
        let plugins = try TestPlugins(texts)
        let failed = await plugins.host.load().filter { $0.status == "failed" }
        try #require(failed.isEmpty, "\(failed.compactMap(\.error))")
        return plugins
    }

    var catalog: PluginCatalog { host.catalog }

    func write(_ path: String, _ text: String, in root: PluginRoot = bundled) throws {
        try files.write(text, to: "\(root.folder)/\(path)", options: WriteOptions(createsParents: true))
    }

    func remove(_ path: String, in root: PluginRoot = bundled) throws {
        try files.remove("\(root.folder)/\(path)")
    }

    /// Other settings from now on.
    func configure(_ values: [String: JSON]) { host.ports.liveConfiguration.update { $0.values = values } }

    /// A session that begins, with what earlier ones kept.
    func begin(_ store: Store) async -> [String] {
        host.use(store)
        let reports = await host.load().map(Self.line)
        await host.remember()
        return reports
    }

    /// Reports in one line each: name, status, numbers, and the error if there is one.
    func reload() async -> [String] {
        await host.reload().map(Self.line)
    }

    static func line(_ report: PluginReported) -> String {
        let numbers = "\(report.from.map { "\($0)" } ?? "-")>\(report.to.map { "\($0)" } ?? "-")"
        return "\(report.kind) \(report.plugin) \(report.status) \(numbers)" + (report.error.map { " \($0)" } ?? "")
    }

    func tool(_ name: String) throws -> LuaTool { try #require(catalog.tool(name) as? LuaTool) }

    func summary(_ name: String, _ kind: String = "tool") throws -> PluginSummary {
        try #require(catalog.plugins.first { $0.name == name && $0.kind == kind })
    }
}

/// Every content counts, and nothing can be written where a test wants that.
private struct TestTrust: PluginTrust {
    let isWritable: Bool

    func admission() -> @Sendable (PluginFile) -> Bool { FullTrust().admission() }
    func accept(_ file: PluginFile) {}
    func write(_ text: String, to path: String, of root: PluginRoot, _ files: any FileSystem) throws(FileError) {
        guard isWritable else { throw FileError(.permissionDenied, path: root.prefix + path) }
        try FullTrust().write(text, to: path, of: root, files)
    }
}
