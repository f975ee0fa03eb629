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

        func run() async throws {
            let project = try await Project.open(self.project)
            let faults: [PluginSummary]
            if let path {
                faults = try await Self.faults(at: path, project)
            } else {
                await project.plugins.load()
                faults = project.plugins.catalog.plugins.filter { $0.error != nil }
            }
            if self.json {
                print(try JSON(encoding: faults).text(pretty: true))
            } else if faults.isEmpty {
                print("Everything is in order.")
            } else {
                for fault in faults { print(fault.error ?? fault.name) }
            }
            if !faults.isEmpty { throw Status.failed.code }
        }

        /// The faults of one file or folder, as if it were the project's own and trusted.
        private static func faults(at path: String, _ project: Project) async throws -> [PluginSummary] {
            guard let real = try? project.ports.files.realPath(path), project.ports.files.exists(real) else {
                throw ValidationError("There is nothing at \(path).")
            }
            let folder = try Self.root(of: real, project.ports.files)
            await project.plugins.load()
            await project.plugins.add(PluginRoot(name: "checked", folder: folder, prefix: folder + "/"))
            let checked = project.plugins.catalog.plugins.filter { $0.root == "checked" }
            let isFile = !project.ports.files.isDirectory(real)
            if isFile, !checked.contains(where: { folder + "/" + $0.path == real }) {
                throw ValidationError("\(path) is no plugin: its folder or its name's ending is not one of a plugin's.")
            }
            return checked.filter { $0.error != nil && (!isFile || folder + "/" + $0.path == real) }
        }

        /// The folder above `plugins`, `roles` or `prompts`.
        private static func root(of path: String, _ files: any FileSystem) throws -> String {
            if files.isDirectory(path + "/plugins") || files.isDirectory(path + "/roles") || files.isDirectory(path + "/prompts") {
                return path
            }
            var folder = FilePath.parent(of: path)
            while folder != "/" {
                if ["plugins", "roles", "prompts"].contains(FilePath.name(of: folder)) { return FilePath.parent(of: folder) }
                folder = FilePath.parent(of: folder)
            }
            throw ValidationError("\(path) does not lie in a plugins/, roles/ or prompts/ folder, which would say what kind it is.")
        }
    }
}
