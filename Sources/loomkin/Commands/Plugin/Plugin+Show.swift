import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

extension Plugin {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one plugin: where it stands, its parameters, its last error, its generations.")
        @OptionGroup var project: ProjectOptions
        @Flag(name: .long, help: "Print JSON.") var json = false
        @Argument(help: "The plugin's name.") var name: String

        private static func line(_ version: PluginVersion, of plugin: PluginSummary) -> String {
            let numbers = version.number == version.latest ? "\(version.number)" : "\(version.number)–\(version.latest)"
            let state = version.contains(generation: plugin.generation) ? "live" : version.status == .aside ? "put aside" : ""
            let parts = [
                "generation \(numbers)", version.time.text(fractionDigits: 0), String(version.hash.prefix(8)), version.root, state,
            ]
            return "  " + parts.filter { !$0.isEmpty }.joined(separator: "  ")
        }

        func run() async throws {
            let project = try await Project.open(self.project)
            let versions = await project.look { history in (try? await history?.versions(of: self.name)) ?? [] }
            let catalog = project.plugins.catalog
            let found = catalog.plugins.filter { $0.name == self.name }
            guard !found.isEmpty else {
                if let kept = versions.first {
                    throw ValidationError(
                        "The \(kept.kind) \(self.name) has no file now. «loomkin plugin rollback \(self.name)» puts generation \(kept.number) back."
                    )
                }
                let nearest = nearestWord(to: self.name, in: catalog.plugins.map(\.name)).map { " Did you mean \($0)?" } ?? ""
                throw ValidationError("There is no plugin «\(self.name)».\(nearest) See «loomkin plugin list».")
            }
            if self.json {
                let values = try found.map { plugin in
                    var value = try JSON(encoding: plugin)
                    if plugin.kind == "tool", let schema = catalog.tool(plugin.name)?.schema {
                        value["schema"] = try JSON(encoding: schema)
                    }
                    value["generations"] = try JSON(encoding: versions.filter { $0.kind == plugin.kind })
                    return value
                }
                return give(JSON.array(values).text(pretty: true))
            }
            for plugin in found {
                say("\(plugin.name)  \(plugin.kind)  \(plugin.root)/\(plugin.path)  \(plugin.status)")
                if !plugin.shadows.isEmpty { say("shadows the one of: \(plugin.shadows.joined(separator: ", "))") }
                if let error = plugin.error { say("error: \(error)") }
                for version in versions where version.kind == plugin.kind { say(Self.line(version, of: plugin)) }
                if plugin.kind == "tool", let schema = catalog.tool(plugin.name)?.schema {
                    say(schema.description)
                    say(schema.parameters.text(pretty: true))
                }
                if plugin.kind == "role", let role = catalog.role(plugin.name) {
                    say(role.description)
                    say("model \(role.model), prompt \(role.prompt), tools \(role.tools.joined(separator: " "))")
                }
            }
        }
    }
}
