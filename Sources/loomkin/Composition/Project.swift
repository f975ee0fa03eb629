import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomRepository
import LoomSystem

/// A project with its configuration, its trust and its plugins: what every command starts from.
struct Project {
    let directory: String
    let ports: Ports
    let bus: SignalBus
    let installation: Installation
    let folders: UserFolders
    let trust: ProjectTrust
    let isTrusted: Bool
    /// How the configuration comes together from files, variables and flags.
    let sources: ConfigurationSources
    /// The text of the project's own settings that was read.
    let ownSettings: String
    let liveConfiguration: LiveConfiguration
    let plugins: PluginHost
    /// Keys and tokens that did not come from a variable, as they become known.
    let learnedSecrets: LearnedSecrets
    let recorder: SignalRecorder
    /// The project's database, where there was one before.
    private(set) var store: Store?

    /// - Parameter flags: the last layer of the configuration.
    static func open(
        _ options: ProjectOptions, flags: [(key: String, text: String, origin: String)] = [], traffic: ModelTraffic = .live
    ) async throws -> Project {
        let ports = Ports()
        let environment = ports.environment
        let directory = try Self.directory(options.directory, ports.files)
        let folders = UserFolders(environment: environment)
        let installation = try Installation.find(environment: environment, files: ports.files)
        let trust = ProjectTrust(directory: directory, stateDirectory: folders.state, files: ports.files)
        let items = trust.items()
        let isTrusted = trust.isTrusted(items)
        let sources = ConfigurationSources(directory: directory, folders: folders, isTrusted: isTrusted, flags: flags, ports: ports)
        let ownSettings = sources.projectText()
        var configuration = try sources.read(project: ownSettings)
        if !isTrusted, items.contains(where: { $0.path != ".loomkin.toml" }) {
            configuration.notices.append(
                "This project's own plugins, roles and prompts are not loaded: it is not trusted. See «loomkin trust».")
        }
        let liveConfiguration = LiveConfiguration(configuration)
        let bus = Workspace.makeBus(ports)
        let recorder = SignalRecorder(bus: bus)
        var pluginPorts = Self.pluginPorts(ports, liveConfiguration, bus, recorder, trust)
        pluginPorts.traffic = traffic
        pluginPorts.tokenStore = TokenStore(folder: folders.state, files: ports.files)
        pluginPorts.hideStoredKeys()
        let plugins = PluginHost(roots: Self.roots(directory, folders, installation, isTrusted), ports: pluginPorts)
        return Project(
            directory: directory, ports: ports, bus: bus, installation: installation, folders: folders, trust: trust, isTrusted: isTrusted,
            sources: sources, ownSettings: ownSettings, liveConfiguration: liveConfiguration, plugins: plugins,
            learnedSecrets: pluginPorts.learnedSecrets, recorder: recorder)
    }

    static func directory(_ path: String, _ files: any FileSystem) throws -> String {
        guard let directory = try? files.realPath(path), files.isDirectory(directory) else {
            throw ValidationError("There is no folder \(path).")
        }
        return directory
    }

    private static func roots(
        _ directory: String, _ folders: UserFolders, _ installation: Installation, _ isTrusted: Bool
    ) -> [PluginRoot] {
        var roots = [
            PluginRoot(name: "bundled", folder: installation.folder),
            PluginRoot(name: "user", folder: folders.configuration, prefix: folders.configuration + "/"),
        ]
        guard isTrusted else { return roots }
        // Other programs keep skills there too, and nothing else of theirs is ours to read.
        for folder in [".claude", ".agents"] {
            roots.append(PluginRoot(name: "project", folder: "\(directory)/\(folder)", prefix: "\(folder)/", kinds: [.skill]))
        }
        roots.append(PluginRoot(name: "project", folder: directory + "/.loomkin", prefix: ".loomkin/"))
        return roots
    }

    private static func pluginPorts(
        _ ports: Ports, _ configuration: LiveConfiguration, _ bus: SignalBus, _ recorder: SignalRecorder, _ trust: ProjectTrust
    ) -> PluginPorts {
        let environment = ports.environment
        return PluginPorts(
            clock: ports.clock, files: ports.files, http: ports.http, processes: ports.processes, random: ports.random,
            environment: { environment[$0] }, configuration: configuration,
            log: { level, plugin, text in
                bus.publish(PluginLogged(plugin: plugin, level: level, text: text), source: "plugin/\(plugin)")
            },
            report: { recorder.publish($0) },
            trust: trust)
    }

    // MARK: Loading

    /// Loads the plugins of a session; their numbers go on from what the project's database keeps.
    /// - Parameter isPrompt: somebody waits for the prompt, so what it can do without waits; `plugins.loadRest` brings it.
    mutating func load(isPrompt: Bool = false) async {
        let opening = Task.detached { [project = self] in project.existingStore() }
        await self.plugins.load(providers: isPrompt ? self.namedProviders : nil) { await opening.value }
        self.store = await opening.value
        let strangers = self.configuration.strangers(to: self.knownNames)
        self.liveConfiguration.update { $0.notices += strangers }
    }

    /// The providers of the models that are configured; nil where it takes all of them to know.
    private var namedProviders: Set<String>? {
        let configuration = self.configuration
        guard configuration.models["default"] != nil, configuration.endpoints.isEmpty else { return nil }
        let names = configuration.models.values + configuration.escalation + configuration.fallbacks.flatMap { [$0.key] + $0.value }
        return Set(names.compactMap { ModelName($0)?.provider })
    }

    /// Loads the plugins to look at them. Nothing is written: the database is read where there is one, and closed.
    func look() async { await self.look { _ in } }

    /// The same, and what else is kept of plugins.
    func look<Value>(_ body: ((any PluginHistory)?) async throws -> Value) async rethrows -> Value {
        try await self.withHistory { history in
            await self.plugins.load()
            return try await body(history)
        }
    }

    /// With what the project's database keeps of plugins, nil where there is none.
    func withHistory<Value>(_ body: ((any PluginHistory)?) async throws -> Value) async rethrows -> Value {
        let store = self.existingStore()
        self.plugins.use(store)
        defer { store?.close() }
        return try await body(store)
    }

    /// Nil where there is none yet, or none that may be opened.
    var databasePath: String? {
        let path = self.directory + "/.loomkin/loomkin.db"
        let isOwn = StateFolder.link(in: self.directory, files: self.ports.files) == nil
        return isOwn && self.ports.files.exists(path) ? path : nil
    }

    /// A database that can't be opened is the business of whoever opens a session.
    private func existingStore() -> Store? {
        guard let path = self.databasePath else { return nil }
        return try? Store(path: path, bus: self.bus, clock: self.ports.clock)
    }

    // MARK: Models

    /// What is set, as it is now.
    var configuration: Configuration { self.liveConfiguration.value }

    var modelLists: ModelLists { ModelLists(folder: self.folders.cache + "/models", files: self.ports.files) }

    var models: ModelTable { ModelTable(path: self.installation.modelData, lists: self.modelLists) }

    /// As the project's database has learned it; the built-in one where there is nothing of this model.
    func tokenEstimate(of model: ModelName?) async -> TokenEstimate {
        guard let model, let store = self.existingStore() else { return TokenEstimate() }
        defer { store.close() }
        return (try? await store.tokenEstimate(of: model)) ?? TokenEstimate()
    }

    /// The providers that can be used now. One on this machine counts when it was asked and answered.
    func usableProviders() async -> [any Provider] {
        var found: [any Provider] = []
        for provider in self.plugins.catalog.providers where await provider.missing() == nil {
            if !provider.isLocal || self.modelLists.time(of: provider.name) != nil { found.append(provider) }
        }
        return found
    }

    /// Refuses a model whose provider nobody has heard of; one that does not load says so when it is called, and may be repaired until then.
    func checkProvider() throws {
        guard let model = self.configuration.model.flatMap({ ModelName($0) }) else { return }
        let catalog = self.plugins.catalog
        let names = Set(catalog.plugins.filter { $0.kind == "provider" }.map(\.name) + catalog.providers.map(\.name))
        guard !names.contains(model.provider) else { return }
        throw ValidationError(absence(of: "provider", model.provider, among: names.sorted()))
    }

    /// What the loaded plugins let settings speak of. One that is broken or waits counts: its name is no mistake.
    var knownNames: KnownNames {
        let catalog = self.plugins.catalog
        let plugins = catalog.plugins
        func names(_ kinds: Set<String>) -> Set<String> { Set(plugins.filter { kinds.contains($0.kind) }.map(\.name)) }
        return KnownNames(
            tools: names(["tool"]), actors: names(["hook", "command", "panel", "service"]),
            providers: names(["provider"]).union(catalog.providers.map(\.name)),
            dialects: plugins.contains { $0.kind == "provider" && ["broken", "held"].contains($0.status) } ? nil : catalog.dialects)
    }

    /// The servers on this machine that answer, with a model of each.
    func localModels() async -> [ModelName] {
        let providers = self.plugins.catalog.providers.filter(\.isLocal)
        return await withTaskGroup(of: ModelName?.self) { group in
            for provider in providers {
                group.addTask {
                    guard let models = try? await provider.models(), let first = models.first else { return nil }
                    return ModelName(first.name)
                }
            }
            return await group.reduce(into: []) { found, model in if let model { found.append(model) } }.sorted {
                $0.provider < $1.provider
            }
        }
    }

    /// The configured model, else the default of the first provider whose key is set; nil when there is none.
    func chosenModel() async -> String? {
        if let model = self.configuration.model { return model }
        for provider in self.plugins.catalog.providers where provider.name != "scripted" {
            guard let model = provider.defaultModel, let origin = provider.keyOrigin, origin.source != .nothing,
                await provider.missing() == nil
            else { continue }
            return "\(provider.name):\(model)"
        }
        return nil
    }

    /// Why there is no model, and what to do: a sentence each.
    func noModel() async -> [String] {
        var lines = ["No model is configured. Set a key such as ANTHROPIC_API_KEY, or name one with --model PROVIDER:MODEL."]
        lines += await self.refusedKeys()
        let hint = await LocalModels(self).hint()
        return hint.isEmpty ? lines : lines + [hint]
    }

    /// Providers whose key was given and cannot be used: whoever gave it does not look for another reason.
    func refusedKeys() async -> [String] {
        var lines: [String] = []
        for provider in self.plugins.catalog.providers {
            guard let origin = provider.keyOrigin, origin.source != .nothing, let missing = await provider.missing() else { continue }
            lines.append("The provider \(provider.name) cannot be used: \(missing).")
        }
        return lines + [self.plugins.signInFault].compactMap(\.self)
    }

    // MARK: Grammars

    /// Only of loomkin's own folders, the user's before the bundled ones: a grammar is code.
    var grammarFolders: [String] { [self.folders.grammars, self.installation.grammars] }

    // MARK: Watching

    /// Takes over plugins and settings that are saved, until the task is cancelled. Where watching is impossible a notice says so.
    func watch(_ workspace: Workspace) async {
        let settings = ConfigurationReload(self, workspace)
        do throws(Watcher.Failure) {
            try await self.plugins.watch(
                runner: self.ports.processes, files: self.sources.paths, filesChanged: { await settings.noticed() })
        } catch {
            self.bus.publish(Notice(level: "warning", text: error.description), source: "kernel")
        }
    }

    // MARK: Workspaces

    /// Opens the workspace with this project's plugins.
    func workspace(
        frontEnd: String, isInteractive: Bool, session: SessionChoice = .new, role: String = "lead"
    ) async throws -> Workspace {
        var options = WorkspaceOptions(
            directory: self.directory, configuration: self.liveConfiguration, frontEnd: frontEnd, isInteractive: isInteractive,
            seal: UserSeal(stateDirectory: self.folders.state, files: self.ports.files))
        options.session = session
        options.leadRole = role
        options.learnedSecrets = self.learnedSecrets
        options.modelData = self.installation.modelData
        options.modelLists = self.modelLists
        options.grammarFolders = self.grammarFolders
        options.store = self.store
        options.plugins = self.plugins
        options.outlineProgram = try? self.ports.files.realPath("/proc/self/exe")
        let workspace: Workspace
        do {
            workspace = try await Workspace.open(options, ports: self.ports, bus: self.bus, catalog: self.plugins.catalog)
        } catch {
            throw Failure("\(error)", status: error.isMistaken ? .usage : .failed)
        }
        await self.plugins.attach(workspace)
        await self.recorder.record(into: workspace)
        return workspace
    }
}
