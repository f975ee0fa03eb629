import ArgumentParser
import LoomKernel
import LoomPlugins
import LoomSystem

extension Plugin {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Begin a plugin: a small working example with its spec.",
            discussion: """
                KIND is \(PluginKind.allCases.map(\.rawValue).joined(separator: ", ")).

                Example: loomkin plugin new tool word_count --project
                """)
        @OptionGroup var project: ProjectOptions
        @Flag(name: .customLong("project"), help: "Into the project's .loomkin/ instead of your own folder.") var isForProject = false
        @Flag(name: .customLong("user"), help: "Into your own folder, which is the default.") var isForUser = false
        @Flag(name: .long, help: "Write over files that exist.") var force = false
        @Argument(help: "What it is.") var kind: String
        @Argument(help: "Its name, which is the file's.") var name: String

        func validate() throws {
            if self.isForProject, self.isForUser { throw ValidationError("--user and --project exclude each other.") }
            guard let kind = PluginKind(rawValue: self.kind) else {
                let kinds = PluginKind.allCases.map(\.rawValue)
                let nearest = nearestWord(to: self.kind, in: kinds).map { "Did you mean «\($0)»?" }
                throw ValidationError("There is no kind «\(self.kind)». \(nearest ?? "There is \(kinds.joined(separator: ", ")).")")
            }
            if let problem = PluginTemplate.problem(ofName: self.name, kind) { throw ValidationError(problem) }
        }

        func run() async throws {
            guard let kind = PluginKind(rawValue: self.kind) else { return }
            let project = try await Project.open(self.project)
            let files = project.ports.files
            let root = self.isForProject ? project.directory + "/.loomkin" : project.folders.configuration
            let template = PluginTemplate(kind, bundled: project.installation.folder, files: files)
            let made = try template.make(named: self.name).map { (FilePath.join(root, $0.path), $0.text) }
            if !self.force, let (path, _) = made.first(where: { files.exists($0.0) }) {
                throw Failure("\(path) exists. Choose another name, or let --force write over it.")
            }
            for (path, text) in made {
                try files.write(text, to: path, options: WriteOptions(createsParents: true))
                say("Wrote \(path)")
            }
            try Self.writeSettings(below: root, project)
            await self.sayWhatHides(kind, project)
            say("Next:")
            let hasSpec = made.contains { $0.0.hasSuffix(".spec.lua") }
            say("  loomkin plugin \(hasSpec ? "test --watch" : "check") \(made.first?.0 ?? root)")
            if self.isForProject { say("  loomkin trust   # a project's plugins run only after that") }
        }

        /// For the editor; settings that are there are the user's.
        private static func writeSettings(below root: String, _ project: Project) throws {
            let path = FilePath.join(root, EditorSettings.file)
            guard !project.ports.files.exists(path) else { return }
            try project.ports.files.write(EditorSettings.text(bundled: project.installation.folder), to: path)
            say("Wrote \(path), so that lua-language-server knows what plugins may use")
        }

        /// A new plugin may take the place of another one of its name, which is worth knowing.
        private func sayWhatHides(_ kind: PluginKind, _ project: Project) async {
            await project.plugins.load()
            let mine = self.isForProject ? "project" : "user"
            guard let plugin = project.plugins.catalog.plugins.first(where: { $0.kind == kind.rawValue && $0.name == self.name }) else {
                return
            }
            let others = (plugin.root == mine ? [] : [plugin.root]) + plugin.shadows
            guard let other = others.first else { return }
            let order = other == "project" ? "It stands behind the project's" : "It stands in front of the \(other)"
            say("\(order) \(kind.rawValue) of this name.")
        }
    }
}
