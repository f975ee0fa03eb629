import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomRepository
import LoomSystem

/// What a model is told before anybody speaks.
struct Prompt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "List prompts, and show what a model would get of one.", subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List every prompt, who uses it and what it is for.")
        @OptionGroup var project: ProjectOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let project = try await Project.open(self.project)
            await project.plugins.load()
            let prompts = project.plugins.catalog.prompts
            try self.listing.show(prompts, headings: ["PROMPT", "ROLES", "INCLUDES", "WHAT IT IS FOR"], empty: "No prompts.") {
                prompts.map { [$0.name, $0.roles.joined(separator: " "), $0.includes.joined(separator: " "), $0.description] }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print the system prompt and the tools of a role, exactly as a model would get them, and what each part costs.",
            discussion: """
                Tokens are estimated by what the text is made of, and better once the role's model has answered in this project: each reply says \
                how many there really were.
                """)
        @OptionGroup var project: ProjectOptions
        @Flag(name: .long, help: "Print JSON.") var json = false
        @Option(name: .long, help: "The agent's name. Default: the role's.") var agent: String?
        @Argument(help: "The role's name.") var role: String

        func run() async throws {
            let project = try await Project.open(self.project)
            await project.plugins.load()
            let catalog = project.plugins.catalog
            guard let role = catalog.role(self.role) else {
                throw ValidationError(absence(of: "role", self.role, among: catalog.roles.map(\.name)))
            }
            let model = project.configuration.model(for: role.model).flatMap { ModelName($0) }
            let budget = ContextBudget(project.configuration, model: model, role: role, project.models)
            let rules = ProjectRules(root: project.directory, files: project.ports.files).excerpt(budget).text
            let prefix: Prefix
            do throws(PromptError) {
                let context = PromptContext(
                    agent: self.agent ?? role.name, role: role.name, team: "core", project: project.directory, rules: rules)
                prefix = try await Prefix.now(role, context, catalog)
            } catch {
                throw Failure("\(error)")
            }
            let estimate = await project.tokenEstimate(of: model)
            let report = PromptReport(prefix, agent: self.agent ?? role.name, window: budget.limit, model: model, estimate)
            self.json ? give(try JSON(encoding: report).text(pretty: true)) : say(report.text)
        }
    }
}
