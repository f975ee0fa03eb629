package import LoomRepository
package import LoomSystem

/// What the machine offers, behind ports, so that no test sleeps and a run can be replayed.
package struct Ports: Sendable {
    package var clock: any WallClock
    package var random: any RandomSource
    package var files: any FileSystem
    package var processes: any ProcessRunner
    package var http: any HTTPClient
    package var environment: [String: String]

    package init(
        clock: any WallClock = LiveClock(), random: any RandomSource = LiveRandom(), files: any FileSystem = LiveFileSystem(),
        processes: any ProcessRunner = LiveProcessRunner(), http: any HTTPClient = LiveHTTPClient(),
        environment: [String: String] = Environment.all
    ) {
        self.clock = clock
        self.random = random
        self.files = files
        self.processes = processes
        self.http = http
        self.environment = environment
    }
}

/// What every agent of a session shares.
package struct Services: Sendable {
    package let session: ID
    /// The project's folder, absolute and resolved.
    package let directory: String
    package let liveConfiguration: LiveConfiguration
    package let ports: Ports
    package let identifiers: IDGenerator
    package let bus: SignalBus
    package let store: Store
    package let catalog: any Catalog
    package let permissions: PermissionEngine
    package let questions: Questions
    package let gateway: ModelGateway
    package let budget: Budget
    package let models: ModelTable
    package let estimates: LearnedEstimates
    package let secrets: SecretFilter
    let seal: UserSeal
    package let outliner: Outliner
    package let plugins: (any PluginControl)?

    /// As it is now.
    package var configuration: Configuration { self.liveConfiguration.value }

    /// As the files say now. Read anew for each prompt: a few small files beside a call that takes seconds, and an edit counts at the
    /// next call even where nothing can be watched.
    package var rules: ProjectRules { ProjectRules(root: self.directory, files: self.ports.files) }

    /// Where a whole output goes that a model reads only a part of, relative to the project: a new name each time.
    func newOutputFile(_ ending: String) -> String { ".loomkin/outputs/\(self.identifiers.next()).\(ending)" }
}

/// A command that could not be carried out: what happened, to what, and what to do next.
package struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    /// Whether whoever asked named something that is not there, and nothing went wrong.
    package let isMistaken: Bool
    package init(_ description: String, isMistaken: Bool = false) {
        self.description = description
        self.isMistaken = isMistaken
    }
    init(_ error: StoreError) { self.init(error.description) }
}
