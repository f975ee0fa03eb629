import ArgumentParser
import LoomPlugins
import LoomSystem

extension Plugin {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Compile and validate plugins without running anything of them that has an effect.",
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
                give(try JSON(encoding: findings).text(pretty: true))
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
