import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

/// What is loaded, and what is wrong with it.
struct Plugin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show and check plugins.", subcommands: [List.self, Show.self, Check.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List every plugin with its root and state.")
        @OptionGroup var project: ProjectOptions
        @OptionGroup var listing: ListingOptions
        @Argument(help: ArgumentHelp("None.", visibility: .hidden)) var unknown: [String] = []

        func validate() throws {
            guard let word = self.unknown.first else { return }
            let nearest = nearestWord(to: word, in: ["list", "show", "check"]).map { " Did you mean «\($0)»?" } ?? ""
            throw ValidationError("There is no command «plugin \(word)».\(nearest)")
        }

        func run() async throws {
            let project = try await Project.open(self.project)
            await project.plugins.load()
            let plugins = project.plugins.catalog.plugins
            try self.listing.show(plugins, headings: ["NAME", "KIND", "ROOT", "STATUS", "NOTE"], empty: "No plugins.") {
                plugins.map { plugin in
                    let shadows = plugin.shadows.isEmpty ? nil : "shadows \(plugin.shadows.joined(separator: ", "))"
                    return [plugin.name, plugin.kind, plugin.root, plugin.status, plugin.error ?? shadows ?? ""]
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one plugin: where it stands, its parameters, its last error.")
        @OptionGroup var project: ProjectOptions
        @Flag(name: .long, help: "Print JSON.") var json = false
        @Argument(help: "The plugin's name.") var name: String

        func run() async throws {
            let project = try await Project.open(self.project)
            await project.plugins.load()
            let catalog = project.plugins.catalog
            let found = catalog.plugins.filter { $0.name == self.name }
            guard !found.isEmpty else {
                let nearest = nearestWord(to: self.name, in: catalog.plugins.map(\.name)).map { " Did you mean \($0)?" } ?? ""
                throw ValidationError("There is no plugin «\(self.name)».\(nearest) See «loomkin plugin list».")
            }
            if self.json {
                let values = try found.map { plugin in
                    var value = try JSON(encoding: plugin)
                    if plugin.kind == "tool", let schema = catalog.tool(plugin.name)?.schema {
                        value["schema"] = try JSON(encoding: schema)
                    }
                    return value
                }
                return print(JSON.array(values).text(pretty: true))
            }
            for plugin in found {
                print("\(plugin.name)  \(plugin.kind)  \(plugin.root)/\(plugin.path)  \(plugin.status)")
                if !plugin.shadows.isEmpty { print("shadows the one of: \(plugin.shadows.joined(separator: ", "))") }
                if let error = plugin.error { print("error: \(error)") }
                if plugin.kind == "tool", let schema = catalog.tool(plugin.name)?.schema {
                    print(schema.description)
                    print(schema.parameters.text(pretty: true))
                }
                if plugin.kind == "role", let role = catalog.role(plugin.name) {
                    print(role.description)
                    print("model \(role.model), prompt \(role.prompt), tools \(role.tools.joined(separator: " "))")
                }
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compile and validate plugins without running anything of them that has an effect.",
            discussion: "Without a path it checks every root. Exits with 1 when something is wrong.")
        @OptionGroup var project: ProjectOptions
        @Flag(name: .long, help: "Print JSON.") var json = false
        @Argument(help: "A plugin file, or a folder that holds plugins/, roles/ and prompts/.") var path: String?

        private struct Finding: Encodable {
            let path: String
            let line: Int?
            let error: String
        }

        func run() async throws {
            let project = try await Project.open(self.project)
            let check = await project.plugins.check(self.path)
            let findings = check.faults.map { Finding(path: $0.path, line: $0.line, error: $0.description) }
            if self.json {
                say(try JSON(encoding: findings).text(pretty: true))
            } else if findings.isEmpty {
                let count = check.checked.count
                say(count == 1 ? "1 file is in order." : "\(count) files are in order.")
            } else {
                for finding in findings { say(finding.error) }
            }
            if !findings.isEmpty { throw Status.failed.code }
        }
    }
}
