package import LoomRepository
package import LoomSystem

/// Knows which specs a save concerns: those that used a file that changed, and those that could not even be loaded.
package struct SpecWatch: Sendable {
    private let runner: SpecRunner
    private let paths: [String]
    private var reports: [SpecFile: SpecReport]

    /// - Parameters:
    ///   - paths: as they were named; new specs below them are found.
    ///   - reports: of the run before.
    package init(runner: SpecRunner, paths: [String], reports: [SpecReport]) {
        self.runner = runner
        self.paths = paths
        self.reports = Dictionary(reports.map { ($0.spec, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// Watches the folders of plugins around the specs.
    package func watcher(runner: any ProcessRunner, clock: any WallClock) -> Watcher {
        let folders = Set(reports.keys.flatMap(\.root.watched)).sorted()
        return Watcher(folders: folders, runner: runner, clock: clock)
    }

    /// Runs the specs that this change concerns; none for one that concerns none.
    package mutating func reports(after change: Watcher.Change) async -> [SpecReport] {
        let specs = (try? runner.specs(paths)) ?? []
        let concerned: [SpecFile]
        switch change {
        case .changed(let changed):
            concerned = specs.filter { spec in
                guard let report = reports[spec] else { return true }
                return !report.usedFiles.isDisjoint(with: changed) || report.results.contains { $0.name == nil }
            }
        case .rescan: concerned = specs
        case .trouble: concerned = []
        }
        let again = await runner.run(concerned)
        for report in again { reports[report.spec] = report }
        return again
    }
}
