import LoomSystem

/// Runs specs: each case in a Lua state of its own, over a host that is not there, so nothing outside can be touched.
package struct SpecRunner: Sendable {
    private let roots: [PluginRoot]
    private let ports: PluginPorts
    private let directory: String
    private let harness: String

    /// Wall time of a case, and of loading a spec with its plugin.
    static let deadline: Duration = .seconds(10)

    init(roots: [PluginRoot], ports: PluginPorts, directory: String) {
        self.roots = roots
        self.ports = ports
        self.directory = directory
        harness = FilePath.join(roots.first { $0.name == "bundled" }?.folder ?? directory, "plugins/spec")
    }

    /// The specs at these paths; of all roots when there are none.
    package func specs(_ paths: [String]) throws(SpecPathError) -> [SpecFile] {
        try finder.specs(paths)
    }

    private var finder: SpecFinder { SpecFinder(roots: roots, directory: directory, files: ports.files) }

    /// Runs them side by side and gives the reports in the order of the specs.
    package func run(_ specs: [SpecFile]) async -> [SpecReport] {
        var layers: [PluginRoot: PluginFiles] = [:]
        for root in Set(specs.map(\.root)) {
            layers[root] = PluginFiles(finder.namedRoots.filter { $0 != root } + [root], files: ports.files)
        }
        let found = layers
        return await withTaskGroup(of: SpecReport.self) { group in
            for spec in specs {
                let modules = SpecModules(spec, layers: found[spec.root] ?? PluginFiles(), harness: harness, files: ports.files)
                group.addTask { await run(spec, modules) }
            }
            var reports: [SpecReport] = []
            for await report in group { reports.append(report) }
            return reports.sorted { $0.spec < $1.spec }
        }
    }

    private func run(_ spec: SpecFile, _ modules: SpecModules) async -> SpecReport {
        let names = ChunkNames(modules.paths + [spec.path])
        var results: [SpecResult] = []
        var count = 1
        while results.count < count {
            let index = results.count
            let start = ports.clock.uptime
            var name: String?
            var failure: SpecFailure?
            var output: [String] = []
            do {
                let state = try await SpecState.open(spec, modules: modules, ports: ports)
                count = state.cases.count
                name = state.cases.indices.contains(index) ? state.cases[index].name : nil
                if name != nil { failure = await state.run(index).map { SpecFailure($0, in: spec, names: names) } }
                output = state.output
                await state.close()
            } catch {
                // What cannot be opened once cannot be opened again.
                failure = SpecFailure(error, in: spec, names: names)
                count = index
            }
            let milliseconds = (ports.clock.uptime - start).inSeconds * 1000
            results.append(SpecResult(spec: spec, name: name, failure: failure, output: output, milliseconds: milliseconds))
        }
        return SpecReport(spec: spec, results: results, usedFiles: modules.usedFiles.union([spec.file]))
    }
}

extension PluginHost {
    /// What runs the specs of these plugins. Nothing has to be loaded for it.
    /// - Parameter directory: absolute, without links; paths are told relative to it.
    package func specRunner(directory: String) -> SpecRunner {
        SpecRunner(roots: roots, ports: ports, directory: directory)
    }
}
