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
        discussion: "Exits with 1 when something does not work.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions

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
        findings += self.plugins(project)
        try self.listing.show(findings, headings: ["WHAT", "", "DETAIL"], empty: "") {
            findings.map { [$0.what, $0.grade.rawValue, $0.text] }
        }
        if findings.contains(where: { $0.grade == .error }) { throw Status.failed.code }
    }

    private func database(_ project: Project) -> Finding {
        let folder = project.directory + "/.loomkin"
        let place = project.ports.files.exists(folder) ? folder : project.directory
        guard access(place, W_OK) == 0 else {
            return Finding(what: "project", grade: .error, text: "\(place) cannot be written: sessions would not be kept.")
        }
        guard project.ports.files.exists(folder + "/loomkin.db") else { return Finding(what: "database", grade: .ok, text: "none yet") }
        do {
            _ = try Store(path: folder + "/loomkin.db", bus: project.bus, clock: project.ports.clock)
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
            findings.append(
                Finding(what: "provider \(provider.name)", grade: missing == nil ? .ok : .warning, text: missing ?? "can be used"))
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

    private func plugins(_ project: Project) -> [Finding] {
        let plugins = project.plugins.catalog.plugins
        let faults = plugins.filter { $0.error != nil }
        if faults.isEmpty { return [Finding(what: "plugins", grade: .ok, text: "\(plugins.count) loaded")] }
        return faults.map { Finding(what: "plugin \($0.name)", grade: .error, text: $0.error ?? "") }
    }
}
