import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the models that are known, with context and price.",
        discussion: """
            Without --all, only the models of providers that can be used now. With --refresh these are asked which models there are; what they \
            say is kept, and from then on only those are listed. A model of no list can be used as well: it is unpriced.
            """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions
    @Option(name: .long, help: "Only this provider's.") var provider: String?
    @Flag(name: .long, help: "Also those of providers without a key, and those that a provider does not list.") var all = false
    @Flag(name: .long, help: "Ask the providers which models there are.") var refresh = false
    @Argument(help: "Only names that contain this.") var text: String?

    func run() async throws {
        let project = try await Project.open(self.project)
        await project.look()
        let catalog = project.plugins.catalog
        if let provider, catalog.provider(provider) == nil {
            throw ValidationError(absence(of: "provider", provider, among: catalog.providers.map(\.name)))
        }
        let table = project.models
        if self.refresh { try await self.refresh(project, table) }
        let names: Set<String>
        if let provider {
            names = [provider]
        } else if self.all {
            names = Set(catalog.providers.map(\.name))
        } else {
            names = Set(await project.usableProviders().map(\.name))
        }
        let models = table.all(of: names, isWhole: self.all).filter { model in
            self.text.map { model.name.lowercased().contains($0.lowercased()) } ?? true
        }
        if models.isEmpty, !self.all, self.provider == nil, self.text == nil { await project.refusedKeys().forEach(writeError) }
        let empty =
            self.text.map { "No model that can be used has «\($0)» in its name. Try --all." }
            ?? "No model can be used yet: set a key, for example ANTHROPIC_API_KEY, or see «loomkin models --all»."
        try self.listing.show(models, headings: ["MODEL", "CONTEXT", "IN $/M", "OUT $/M", "ABILITIES"], empty: empty) {
            models.map { self.row($0, now: project.ports.clock.now) }
        }
    }

    private func row(_ model: ModelFacts, now: Timestamp) -> [String] {
        let known = [("tools", model.tools), ("vision", model.vision), ("thinking", model.reasoning), ("cache", model.caching)]
        var abilities = known.filter { $0.1 == true }.map(\.0)
        if model.retirement(at: now) != nil, let date = model.retires { abilities.append("until \(date)") }
        // A long prompt's price is the last thing one wants to find out from the bill.
        abilities += (model.longPrompts ?? []).map { "($\($0.inputUSD) in, $\($0.outputUSD) out over \($0.aboveTokens))" }
        return [
            model.name, model.context.map(String.init) ?? "?", model.inputUSD.map { "\($0)" } ?? "unpriced",
            model.outputUSD.map { "\($0)" } ?? "unpriced", abilities.joined(separator: " "),
        ]
    }

    private func refresh(_ project: Project, _ table: ModelTable) async throws {
        var asked: [any Provider] = []
        for provider in project.plugins.catalog.providers where self.provider.map({ $0 == provider.name }) ?? true {
            if await provider.missing() == nil { asked.append(provider) }
        }
        for answer in await table.refresh(asked) {
            // A server that does not run on this machine is no news.
            let isLocal = project.plugins.catalog.provider(answer.provider)?.isLocal ?? false
            if let problem = answer.problem, !isLocal || self.provider != nil { writeError("\(answer.provider): \(problem)") }
        }
    }
}
