import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

struct Tools: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "List the tools that agents can use, and which roles have them.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions

    private struct Entry: Encodable {
        let schema: ToolSchema
        let roles: [String]
        let generation: Int
    }

    func run() async throws {
        let project = try await Project.open(self.project)
        await project.look()
        let catalog = project.plugins.catalog
        let entries = catalog.tools.map { tool in
            let roles = catalog.roles.filter { $0.tools.contains(tool.schema.name) }.map(\.name)
            return Entry(schema: tool.schema, roles: roles, generation: tool.generation)
        }
        try self.listing.show(entries, headings: ["TOOL", "ROLES", "WHAT IT DOES"], empty: "No tools.") {
            entries.map {
                [$0.schema.name, $0.roles.joined(separator: " "), String($0.schema.description.prefix { $0 != "\n" }.prefix(100))]
            }
        }
    }
}

struct Roles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "roles", abstract: "List the roles agents can have.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions

    private struct Entry: Encodable {
        let name: String
        let description: String
        let model: String
        let tools: [String]
    }

    func run() async throws {
        let project = try await Project.open(self.project)
        await project.look()
        let entries = project.plugins.catalog.roles.map {
            Entry(
                name: $0.name, description: $0.description, model: project.configuration.model(for: $0.model) ?? $0.model, tools: $0.tools)
        }
        try self.listing.show(entries, headings: ["ROLE", "MODEL", "TOOLS", "WHAT IT IS FOR"], empty: "No roles.") {
            entries.map { [$0.name, $0.model, String($0.tools.count), $0.description] }
        }
    }
}

struct Sessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List the stored sessions of the project, the latest first.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let project = try await Project.open(self.project)
        var sessions: [SessionSummary] = []
        if let path = project.databasePath {
            do {
                sessions = try await Store(path: path, bus: project.bus, clock: project.ports.clock).sessions()
            } catch {
                throw Failure("\(error)")
            }
        }
        try self.listing.show(sessions, headings: ["ID", "STARTED", "AGENTS", "COST", "ENDED", "TITLE"], empty: "No sessions yet.") {
            sessions.map { session in
                let isUnpriced = session.unpricedCalls > 0 && session.costUSD == 0
                return [
                    session.id, session.startedAt.text(fractionDigits: 0), String(session.agents),
                    isUnpriced ? "unpriced" : dollars(session.costUSD), session.outcome?.rawValue ?? "open", session.title,
                ]
            }
        }
    }
}

struct Completions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a completion script for your shell.",
        discussion: "For example: loomkin completions bash > /etc/bash_completion.d/loomkin")
    @Argument(help: "bash, zsh or fish.") var shell: String

    func run() throws {
        guard let shell = CompletionShell(rawValue: self.shell) else {
            throw ValidationError("There is no completion for «\(self.shell)»: use bash, zsh or fish.")
        }
        give(Loomkin.completionScript(for: shell))
    }
}
