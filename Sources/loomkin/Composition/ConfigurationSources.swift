import LoomKernel
import LoomPlugins
import LoomSystem

/// Where the configuration of a project comes from: its user's file, its own, variables and flags.
struct ConfigurationSources: Sendable {
    private let own: String
    private let project: String
    private let isTrusted: Bool
    private let variables: ConfigurationLayer
    private let flags: ConfigurationLayer
    private let files: any FileSystem

    init(
        directory: String, folders: UserFolders, isTrusted: Bool, flags: [(key: String, text: String, origin: String)], ports: Ports
    ) {
        self.own = folders.configuration + "/config.toml"
        self.project = directory + "/.loomkin.toml"
        self.isTrusted = isTrusted
        self.variables = ConfigurationLayer(environment: ports.environment)
        self.flags = ConfigurationLayer(flags)
        self.files = ports.files
    }

    /// The files, absolute; either may be missing.
    var paths: [String] { [self.own, self.project] }

    /// The text of the project's file; empty when it is missing.
    func projectText() -> String { self.text(self.project) }

    /// - Parameter project: what counts as the text of the project's file.
    func read(project: String) throws(ConfigurationError) -> Configuration {
        try Configuration(layers: [
            ConfigurationLayer(toml: self.text(self.own), name: self.own),
            ConfigurationLayer(toml: project, name: ".loomkin.toml", isRestricted: !self.isTrusted), self.variables, self.flags,
        ])
    }

    private func text(_ path: String) -> String { (try? self.files.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
