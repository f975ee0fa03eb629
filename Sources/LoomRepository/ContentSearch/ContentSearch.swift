package import LoomSystem
import Synchronization

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
        let deadline = clock.uptime + query.timeLimit
        let process: any RunningProcess
        do throws(ProcessError) {
            process = try await runner.start(Ripgrep.spec(query, scope))
        } catch {
            switch error {
            case .notFound, .notExecutable: return try await scan(query, scope, until: deadline)
            case .cancelled: return ContentMatches(end: .time)
            default: throw .ripgrep("\(error)")
            }
        }
        return try await Ripgrep(process: process, query: query, scope: scope, clock: clock, deadline: deadline).run()
    }

    /// A pattern can keep Swift's matcher busy for ever, and nothing stops it then. So the scan has a thread that is not
    /// of the few that all tasks share, and the answer comes from whichever is done first: the scan, which looks at the
    /// clock itself between lines, or a little later the clock.
    private func scan(
        _ query: ContentQuery, _ scope: SearchScope, until deadline: Duration
    ) async throws(SearchError) -> ContentMatches {
        let (answers, answer) = AsyncStream.makeStream(of: Result<ContentMatches, SearchError>.self)
        let isAbandoned = SharedFlag()
        let scan = LineScan(query: query, scope: scope, files: files) { [clock] in
            isAbandoned.isSet || clock.uptime >= deadline
        }
        let isStarted = DedicatedThread.start {
            answer.yield(Result { () throws(SearchError) in try scan.run() })
        }
        // Without a thread nothing is found, and the answer says that there may be more.
        if !isStarted { return ContentMatches(end: .time) }
        let alarm = Task { [clock] in
            guard (try? await clock.sleep(for: deadline + .seconds(1) - clock.uptime)) != nil else { return }
            answer.yield(.success(ContentMatches(end: .time)))
        }
        defer {
            isAbandoned.set()
            alarm.cancel()
        }
        for await first in answers { return try first.get() }
        return ContentMatches(end: .time)
    }
}

/// Set by one thread, seen by another.
private final class SharedFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
