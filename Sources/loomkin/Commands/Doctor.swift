import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomRepository
import LoomSystem

/// What is wrong with this machine, and what to do about it.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what loomkin needs of this machine and project.",
        discussion:
            "Exits with 1 when something does not work. With --models every provider that is set up is asked for a word: a tiny call.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions
    @Flag(name: .long, help: "Make one tiny call to each provider that is set up, and say what works.") var models = false

    private struct Finding: Encodable {
        enum Grade: String, Encodable { case ok, warning, error }
        let what: String
        let grade: Grade
        let text: String
    }

    func run() async throws {
        let project = try await Project.open(self.project)
        await project.look()
        var findings = [self.database(project), self.watcher(project), self.ripgrep(project), self.trust(project)]
        findings += self.grammars(project)
        findings += await self.providers(project)
        if self.models { findings += await self.calls(project) }
        findings += self.plugins(project)
        findings += project.configuration.strangers(to: project.knownNames).map { Finding(what: "settings", grade: .warning, text: $0) }
        try self.listing.show(findings, headings: ["WHAT", "", "DETAIL"], empty: "") {
            findings.map { [$0.what, $0.grade.rawValue, $0.text] }
        }
        if findings.contains(where: { $0.grade == .error }) { throw Status.failed.code }
    }

    private func database(_ project: Project) -> Finding {
        let folder = project.directory + "/.loomkin"
        if let link = StateFolder.link(in: project.directory, files: project.ports.files) {
            return Finding(what: "project", grade: .error, text: "\(link) is a symbolic link: sessions would not be kept.")
        }
        let kind = (try? project.ports.files.status(of: folder))?.kind
        if let kind, kind != .directory {
            return Finding(what: "project", grade: .error, text: "\(folder) is no folder: sessions would not be kept.")
        }
        let place = kind == nil ? project.directory : folder
        guard access(place, W_OK) == 0 else {
            return Finding(what: "project", grade: .error, text: "\(place) cannot be written: sessions would not be kept.")
        }
        guard let path = project.databasePath else { return Finding(what: "database", grade: .ok, text: "none yet") }
        do {
            _ = try Store(path: path, bus: project.bus, clock: project.ports.clock)
            return Finding(what: "database", grade: .ok, text: ".loomkin/loomkin.db opens")
        } catch {
            return Finding(what: "database", grade: .error, text: error.description)
        }
    }

    private func watcher(_ project: Project) -> Finding {
        if let path = WatchProgram.find(files: project.ports.files) {
            return Finding(what: "watching", grade: .ok, text: path)
        }
        return Finding(what: "watching", grade: .warning, text: Watcher.Failure.missingProgram.description)
    }

    private func ripgrep(_ project: Project) -> Finding {
        if let path = Executable.find("rg", path: project.ports.environment["PATH"] ?? "") {
            return Finding(what: "search", grade: .ok, text: "ripgrep at \(path)")
        }
        return Finding(what: "search", grade: .warning, text: "ripgrep is not installed: searching is slower. Install the package ripgrep.")
    }

    private func grammars(_ project: Project) -> [Finding] {
        let found = Grammars(project.grammarFolders.map { GrammarFolder($0, files: project.ports.files) }).check()
        let versions = "tree-sitter takes grammars of version \(Grammars.versions.lowerBound) to \(Grammars.versions.upperBound)"
        let refused = found.refused.map { Finding(what: "outlines", grade: .warning, text: $0.description) }
        if found.usable.isEmpty {
            let text = "\(versions); there is none. Get them with «make grammars»."
            return refused + [Finding(what: "outlines", grade: .warning, text: text)]
        }
        let names = found.usable.map(\.name).joined(separator: ", ")
        return refused + [Finding(what: "outlines", grade: .ok, text: "\(versions): \(names)")]
    }

    private func trust(_ project: Project) -> Finding {
        let items = project.trust.items()
        if items.isEmpty { return Finding(what: "trust", grade: .ok, text: "the project has no files of its own that would run") }
        if project.isTrusted { return Finding(what: "trust", grade: .ok, text: "\(items.count) files of the project are trusted") }
        return Finding(what: "trust", grade: .warning, text: "\(items.count) files of the project do not count. See «loomkin trust».")
    }

    private func providers(_ project: Project) async -> [Finding] {
        var findings: [Finding] = []
        for provider in project.plugins.catalog.providers {
            let missing = await provider.missing()
            let key = provider.keyOrigin.map { ", its key comes from \($0.text)" } ?? ""
            let usable = (provider.isLocal ? "needs no key" : "can be used") + key
            findings.append(Finding(what: "provider \(provider.name)", grade: missing == nil ? .ok : .warning, text: missing ?? usable))
        }
        if await project.chosenModel() == nil {
            findings.append(
                Finding(
                    what: "model", grade: .warning,
                    text:
                        "none is configured. Set a key such as ANTHROPIC_API_KEY, or [model] default in \(project.folders.configuration)/config.toml."
                ))
        }
        return findings
    }

    /// One call to each provider with a key, each endpoint, and each server on this machine that answers.
    private func calls(_ project: Project) async -> [Finding] {
        let local = await project.localModels()
        var models: [(name: ModelName, provider: any Provider)] = []
        var findings: [Finding] = []
        var silent: [String] = []
        for provider in project.plugins.catalog.providers where provider.name != "scripted" {
            guard await provider.missing() == nil else { continue }
            if provider.isLocal, !local.contains(where: { $0.provider == provider.name }) {
                silent.append(provider.name)
                continue
            }
            if let model = await self.model(of: provider, project, local) {
                models.append((model, provider))
            } else {
                let text = "no model to try: name one with [model] default = \"\(provider.name):…\""
                findings.append(Finding(what: "call \(provider.name)", grade: .warning, text: text))
            }
        }
        if !silent.isEmpty {
            findings.append(Finding(what: "no call", grade: .ok, text: "nothing answers here as \(silent.joined(separator: ", "))"))
        }
        let results = await withTaskGroup(of: Finding.self) { group in
            for (name, provider) in models { group.addTask { await Self.call(name, provider, project) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        return (findings + results).sorted { $0.what < $1.what }
    }

    /// The one that is configured, the provider's own choice, or the first of its list.
    private func model(of provider: any Provider, _ project: Project, _ local: [ModelName]) async -> ModelName? {
        let configured = project.configuration.models.values.compactMap { ModelName($0) }.sorted { $0.model < $1.model }
        if let model = configured.first(where: { $0.provider == provider.name }) { return model }
        if let model = provider.defaultModel { return ModelName(provider: provider.name, model: model) }
        if let model = local.first(where: { $0.provider == provider.name }) { return model }
        return ((try? await provider.models()) ?? nil)?.first.flatMap { ModelName($0.name) }
    }

    private static func call(_ model: ModelName, _ provider: any Provider, _ project: Project) async -> Finding {
        var settings = ModelSettings()
        settings.maxOutputTokens = 16
        let call = ModelCall(
            id: "doctor", model: model, messages: [Message(.user, [.text("Say yes.")])], settings: settings,
            facts: project.models.facts(model),
            purpose: "doctor")
        let began = project.ports.clock.uptime
        do {
            var hasEnded = false
            for try await event in provider.stream(call) { if case .stop = event { hasEnded = true } }
            let milliseconds = (project.ports.clock.uptime - began).wholeMilliseconds
            return Finding(
                what: "call \(provider.name)", grade: hasEnded ? .ok : .error,
                text: hasEnded ? "\(model) answers (\(milliseconds) ms)" : "\(model): the answer was cut")
        } catch {
            return Finding(what: "call \(provider.name)", grade: .error, text: "\(model): \(error)")
        }
    }

    private func plugins(_ project: Project) -> [Finding] {
        let plugins = project.plugins.catalog.plugins
        let faults = plugins.filter { $0.error != nil }
        if faults.isEmpty { return [Finding(what: "plugins", grade: .ok, text: "\(plugins.count) loaded")] }
        return faults.map { Finding(what: "plugin \($0.name)", grade: .error, text: $0.error ?? "") }
    }
}
