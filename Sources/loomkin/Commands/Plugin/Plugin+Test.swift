import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomRepository
import LoomSystem

extension Plugin {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Run the specs of plugins on a made-up host.",
            discussion: """
                A spec is NAME.spec.lua beside its plugin. Without a path the specs of all roots are run. Exits with 1 when a case failed.

                Example: loomkin plugin test .loomkin/plugins/tools/word_count.lua --watch
                """)
        @OptionGroup var project: ProjectOptions
        @Flag(name: .long, help: "Stay, and run again what each save concerns, until Ctrl-C.") var watch = false
        @Flag(name: .long, help: "Print one JSON array of cases; with --watch one in a line for each run.") var json = false
        @Argument(help: ArgumentHelp("Plugins, specs, or folders that hold them.", valueName: "path")) var paths: [String] = []

        func run() async throws {
            let project = try await Project.open(self.project)
            let here = project.ports.files.currentDirectory
            let runner = await project.plugins.specRunner(directory: (try? project.ports.files.realPath(here)) ?? here)
            let specs = try self.specs(runner)
            let printer = SpecPrinter(
                isJSON: self.json, isWatching: self.watch, traits: .detect(input: STDIN_FILENO, output: STDOUT_FILENO))
            let reports = await runner.run(specs)
            try printer.show(reports)
            guard self.watch else {
                if reports.contains(where: \.failed) { throw Status.failed.code }
                return
            }
            try await self.follow(runner, reports, printer, project)
        }

        private func specs(_ runner: SpecRunner) throws -> [SpecFile] {
            do {
                return try runner.specs(self.paths)
            } catch {
                throw ValidationError(error.description)
            }
        }

        /// Runs again what saves concern, until the process is ended.
        private func follow(_ runner: SpecRunner, _ reports: [SpecReport], _ printer: SpecPrinter, _ project: Project) async throws {
            var watch = SpecWatch(runner: runner, paths: self.paths, reports: reports)
            let watcher = watch.watcher(runner: project.ports.processes, clock: project.ports.clock)
            do {
                try await watcher.start()
            } catch {
                throw Failure(error.description)
            }
            printer.waiting()
            for await change in watcher.changes {
                let again = await watch.reports(after: change)
                guard !again.isEmpty else { continue }
                try printer.show(again)
                printer.waiting()
            }
        }
    }
}
