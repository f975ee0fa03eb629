package import LoomSystem

/// Searches the content of a project's files: with ripgrep where it is installed, else by reading them all.
///
/// Both leave out ignored files, include hidden ones, and pass over binary files and those above
/// `ContentQuery.fileSizeLimit`. They differ in the dialect of regular expressions: Rust's, without look-around, or Swift's.
package struct ContentSearch: Sendable {
    private let root: String
    private let files: any FileSystem
    private let runner: any ProcessRunner
    private let clock: any WallClock

    package init(root: String, files: any FileSystem, runner: any ProcessRunner, clock: any WallClock) {
        self.root = root
        self.files = files
        self.runner = runner
        self.clock = clock
    }

    /// Finds what the query asks for. A cancelled task gets what was found so far, with `end` saying so.
    package func find(_ query: ContentQuery) async throws(SearchError) -> ContentMatches {
        let scope = try SearchScope(query, root: root, files: files)
        let spec = Ripgrep.spec(query, scope)
        let process: any RunningProcess
        do throws(ProcessError) {
            process = try await runner.start(spec)
        } catch {
            switch error {
            case .notFound, .notExecutable: return try await scan(query, scope)
            default: throw .ripgrep("\(error)")
            }
        }
        return try await Ripgrep(process: process, query: query, scope: scope, clock: clock).run()
    }

    /// A pattern can keep Swift's matcher busy for ever, and nothing stops it then. So the answer comes from whichever is
    /// done first: the scan, which looks at the clock itself between lines, or a little later the clock.
    private func scan(_ query: ContentQuery, _ scope: SearchScope) async throws(SearchError) -> ContentMatches {
        let (answers, answer) = AsyncStream.makeStream(of: Result<ContentMatches, SearchError>.self)
        let scan = LineScan(query: query, scope: scope, files: files, clock: clock)
        let work = Task.detached { answer.yield(Result { () throws(SearchError) in try scan.run() }) }
        let clock = clock
        let alarm = Task.detached {
            guard (try? await clock.sleep(for: query.timeLimit + .seconds(1))) != nil else { return }
            answer.yield(.success(ContentMatches(end: .time)))
        }
        defer {
            work.cancel()
            alarm.cancel()
        }
        for await first in answers { return try first.get() }
        return ContentMatches(end: .time)
    }
}
