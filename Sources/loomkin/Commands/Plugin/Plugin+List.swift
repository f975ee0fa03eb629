import ArgumentParser
import LoomKernel
import LoomPlugins

extension Plugin {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List every plugin with its root and state.")
        @OptionGroup var project: ProjectOptions
        @OptionGroup var listing: ListingOptions
        @Argument(help: ArgumentHelp("None.", visibility: .hidden)) var unknown: [String] = []

        func validate() throws {
            guard let word = self.unknown.first else { return }
            let nearest = nearestWord(to: word, in: Plugin.names).map { " Did you mean «\($0)»?" } ?? ""
            throw ValidationError("There is no command «plugin \(word)».\(nearest)")
        }

        func run() async throws {
            let project = try await Project.open(self.project)
            let told = await project.look { history in (try? await history?.lastReports()) ?? [] }
            let plugins = project.plugins.catalog.plugins.map { plugin in
                guard plugin.error == nil else { return plugin }
                var plugin = plugin
                // What a session saw of it says more than that it loads here.
                plugin.report = told.first { $0.plugin == plugin.name && $0.kind == plugin.kind } ?? plugin.report
                return plugin
            }
            try self.listing.show(plugins, headings: ["NAME", "KIND", "ROOT", "STATUS", "NOTE"], empty: "No plugins.") {
                plugins.map { plugin in
                    let shadows = plugin.shadows.isEmpty ? nil : "shadows \(plugin.shadows.joined(separator: ", "))"
                    return [plugin.name, plugin.kind, plugin.root, plugin.status, plugin.error ?? shadows ?? ""]
                }
            }
        }
    }
}
