package import LoomKernel
package import LoomSystem
import Synchronization

/// The current generation of every plugin. All of it is replaced in one step at a reload, and reading never waits.
package final class PluginCatalog: Catalog {
    struct Snapshot: Sendable {
        var tools: [any Tool] = []
        var toolsByName: [String: any Tool] = [:]
        var providers: [any Provider] = []
        var providersByName: [String: any Provider] = [:]
        var dialects: Set<String> = []
        var roles: [Role] = []
        var rolesByName: [String: Role] = [:]
        var skills: [Skill] = []
        var hooks: [any Hook] = []
        var commands: [any PluginCommand] = []
        var panels: [any Panel] = []
        var backgroundServices: [any BackgroundService] = []
        var prompts = PromptLibrary([:])
        var promptSummaries: [PromptSummary] = []
        var entries: [Entry] = []
    }

    /// A row of `plugins` but for its counts, which go on while a snapshot lasts.
    struct Entry: Sendable {
        let summary: PluginSummary
        let tally: CallTally
        /// Of the live generation.
        let faults: FaultLog?
    }

    private let snapshot = Mutex(Snapshot())

    func replace(by next: Snapshot) {
        // The old one is let go of outside the lock: that may close Lua states.
        let old = snapshot.withLock { current in
            let old = current
            current = next
            return old
        }
        withExtendedLifetime(old) {}
    }

    package var tools: [any Tool] { snapshot.withLock { $0.tools } }
    package var providers: [any Provider] { snapshot.withLock { $0.providers } }
    package var roles: [Role] { snapshot.withLock { $0.roles } }
    package var skills: [Skill] { snapshot.withLock { $0.skills } }
    package var hooks: [any Hook] { snapshot.withLock { $0.hooks } }
    package var commands: [any PluginCommand] { snapshot.withLock { $0.commands } }
    package var panels: [any Panel] { snapshot.withLock { $0.panels } }
    package var backgroundServices: [any BackgroundService] { snapshot.withLock { $0.backgroundServices } }
    package func tool(_ name: String) -> (any Tool)? { snapshot.withLock { $0.toolsByName[name] } }
    package func provider(_ name: String) -> (any Provider)? { snapshot.withLock { $0.providersByName[name] } }
    package func role(_ name: String) -> Role? { snapshot.withLock { $0.rolesByName[name] } }

    /// What servers of the configuration may speak, for the plugins that are live speak it.
    package var dialects: Set<String> { snapshot.withLock { $0.dialects } }

    /// By name.
    package var prompts: [PromptSummary] { snapshot.withLock { $0.promptSummaries } }

    package func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt {
        try await snapshot.withLock { $0.prompts }.render(role.prompt, context)
    }

    package func prompt(named name: String, _ context: PromptContext, values: JSON) async throws(PromptError) -> String {
        try await snapshot.withLock { $0.prompts }.render(name, context, values: values).text
    }

    package var plugins: [PluginSummary] { snapshot.withLock { $0.entries }.map(\.current) }
}

extension PluginCatalog.Entry {
    /// The row with what changes from call to call.
    fileprivate var current: PluginSummary {
        var row = summary
        (row.calls, row.running) = tally.counts
        row.older = tally.older(than: row.generation).map { OpenGeneration(generation: $0.generation, running: $0.running) }
        if faults?.isQuarantined == true, row.status != "broken" { row.status = "quarantined" }
        row.error = row.error ?? faults?.text
        return row
    }
}

extension PluginCatalog.Snapshot {
    init(
        live: [PluginKey: LivePlugin], faults: [PluginKey: PluginFault], held: [PluginKey: PluginFile] = [:], files: PluginFiles,
        kept: [PluginKey: KeptVersion] = [:], last: [PluginKey: PluginReported] = [:], endpoints: [String: EndpointSettings]
    ) {
        var templates: [String: PromptSource] = [:]
        let keys = Set(live.keys).union(faults.keys).union(held.keys).union(files.layers.keys).sorted()
        for key in keys {
            guard let plugin = live[key] else { continue }
            switch plugin.content {
            case .tool(let tool): tools.append(tool)
            case .provider(let provider): providers.append(provider)
            case .role(let role): roles.append(role)
            case .skill(let skill): skills.append(skill)
            case .hook(let hook): hooks.append(hook)
            case .command(let command): commands.append(command)
            case .panel(let panel): panels.append(panel)
            case .service(let service): backgroundServices.append(service)
            case .prompt(let template): templates[key.name] = PromptSource(path: plugin.file.displayPath, template: template)
            case .module: break
            }
        }
        dialects = Set(providers.compactMap(\.dialect))
        providers += endpoints.map { Self.endpoint($0.key, $0.value, live, dialects) }
        providers.sort { $0.name < $1.name }
        roles = roles.map { $0.adding(Self.gifts(live, files, to: $0.name)) }
        toolsByName = Dictionary(tools.map { ($0.schema.name, $0) }, uniquingKeysWith: { _, last in last })
        providersByName = Dictionary(providers.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        rolesByName = Dictionary(roles.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        prompts = PromptLibrary(templates, skills: skills)
        promptSummaries = templates.sorted { $0.key < $1.key }.map { name, source in
            PromptSummary(
                name: name, description: source.template.frontMatter["description"] ?? "",
                roles: roles.filter { $0.prompt == name }.map(\.name), includes: source.template.includes.map(\.name))
        }
        entries = keys.compactMap { key in
            Self.entry(
                key, live: live[key], fault: faults[key], held: held[key], files: files, versions: kept[key]?.count ?? 0,
                report: last[key])
        }
    }

    /// A server of the configuration, spoken to by the plugin that knows its dialect: a bundled one where there are several.
    private static func endpoint(
        _ name: String, _ settings: EndpointSettings, _ live: [PluginKey: LivePlugin], _ known: Set<String>
    ) -> any Provider {
        let speakers = live.values.compactMap { plugin -> (rank: Int, provider: LuaProvider)? in
            guard case .provider(let provider) = plugin.content else { return nil }
            // Many vendors speak this one, each in its own way; the plugin `openai` speaks it plainly.
            let isOpenAI = provider.plugin == "openai" && settings.dialect == "openai-chat"
            guard isOpenAI || provider.definition.dialect == settings.dialect else { return nil }
            return (isOpenAI ? 0 : plugin.file.root.name == "bundled" ? 1 : 2, provider)
        }
        let chosen = speakers.min { ($0.rank, $0.provider.name) < ($1.rank, $1.provider.name) }
        if let chosen { return chosen.provider.endpoint(name, settings) }
        return UnspokenEndpoint(name: name, dialect: settings.dialect, known: known)
    }

    /// Tools that a role has without listing them: those that name it, and those a user or project added for everybody. One that
    /// stands in front of another of its name goes only to the roles that list that name.
    private static func gifts(_ live: [PluginKey: LivePlugin], _ files: PluginFiles, to role: String) -> [String] {
        live.values.compactMap { plugin in
            guard case .tool(let tool) = plugin.content else { return nil }
            if let roles = tool.definition.roles { return roles.contains(role) ? plugin.key.name : nil }
            let isAdded = plugin.file.root.name != "bundled" && files.shadowed(by: plugin.file).isEmpty
            return isAdded ? plugin.key.name : nil
        }.sorted()
    }

    private static func entry(
        _ key: PluginKey, live: LivePlugin?, fault: PluginFault?, held: PluginFile?, files: PluginFiles, versions: Int,
        report: PluginReported?
    ) -> PluginCatalog.Entry? {
        guard let file = live?.file ?? held ?? files[key] else { return nil }
        let status =
            held != nil ? "held" : fault != nil ? (live == nil ? "broken" : "failed") : live == nil ? "waiting" : "live"
        let error = held.map { PluginHost.sentence($0, isNew: PluginHost.isNew($0, live: live, fault: fault)) } ?? fault?.description
        var summary = PluginSummary(
            name: key.name, kind: key.kind.rawValue, root: file.root.name, path: key.path, generation: live?.number ?? 0,
            shadows: files.shadowed(by: file), status: status, error: error, calls: 0, running: 0, versions: versions)
        summary.report = report
        return PluginCatalog.Entry(summary: summary, tally: live?.tally ?? CallTally(), faults: live?.generation?.faults)
    }
}

extension Role {
    fileprivate func adding(_ names: [String]) -> Role {
        var role = self
        role.tools += names.filter { !tools.contains($0) }
        return role
    }
}
