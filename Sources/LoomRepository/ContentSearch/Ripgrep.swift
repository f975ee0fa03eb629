import LoomSystem

/// One run of ripgrep for one query.
struct Ripgrep {
    let process: any RunningProcess
    let query: ContentQuery
    let scope: SearchScope
    let clock: any WallClock
    /// When the query's time is up, of the clock's uptime; after that a killed ripgrep is no fault.
    let deadline: Duration

    static func spec(_ query: ContentQuery, _ scope: SearchScope) -> ProcessSpec {
        ProcessSpec(
            .program("rg", arguments: arguments(query, scope)),
            workingDirectory: scope.folder,
            timeout: query.timeLimit,
            grace: .zero
        )
    }

    /// The user's configuration, `.ignore` files and git's global settings are left out, so that everybody finds the
    /// same, also whoever has no ripgrep.
    static func arguments(_ query: ContentQuery, _ scope: SearchScope) -> [String] {
        var arguments = [
            "--no-config", "--hidden", "--no-require-git", "--no-ignore-global", "--no-ignore-dot", "--no-messages",
            "--sort", "path", "--max-filesize", String(ContentQuery.fileSizeLimit),
        ]
        for name in IgnoreRules.always.sorted() { arguments += ["--glob", "!\(name)"] }
        if scope.glob != nil { arguments += ["--ignore-file", "/dev/stdin"] }
        arguments.append(query.isCaseSensitive ? "--case-sensitive" : "--ignore-case")
        if query.isLiteral { arguments.append("--fixed-strings") }
        switch query.mode {
        case .content: arguments += ["--json", "--context", String(query.context)]
        case .files: arguments += ["--count", "--max-count", "1", "--with-filename", "--null"]
        case .count: arguments += ["--count", "--with-filename", "--null"]
        }
        return arguments + ["--regexp", query.pattern, "--", scope.target ?? "."]
    }

    /// An ignore file of everything but the glob. As `--glob` the pattern would bring back files that `.gitignore` leaves
    /// out; an ignore file ranks below `.gitignore`. It goes through standard input, so no file has to be made.
    static func ignoreText(_ glob: Glob) -> String {
        "*\n!*/\n" + glob.ignoreLines.map { "!\($0)\n" }.joined()
    }

    func run() async throws(SearchError) -> ContentMatches {
        if let glob = scope.glob {
            // It fails only when ripgrep has ended, and why is said below.
            try? await process.write(Array(Self.ignoreText(glob).utf8))
        }
        process.closeInput()
        var output = RipgrepOutput(query) { scope.name(of: $0) }
        for await line in process.output.lines() {
            guard output.take(line) else {
                process.stop()
                return output.collector.finished()
            }
        }
        process.stop()
        let end = await process.waitForExit()
        switch end {
        case .exited(0), .exited(1): break
        case .exited(2):
            // Also said when a folder could not be read; then there is nothing on the error output.
            let words = process.errorOutput.text
            if !words.isEmpty { throw failure(words) }
        default:
            guard Task.isCancelled || clock.uptime >= deadline else {
                throw .ripgrep("it ended with \(end.map { "\($0)" } ?? "no exit status").")
            }
            output.collector.timeIsUp()
        }
        return output.collector.finished()
    }

    private func failure(_ text: String) -> SearchError {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        if let reason = lines.first(where: { $0.hasPrefix("error: ") })?.dropFirst("error: ".count) {
            return .pattern(query.pattern, reason: "\(reason)")
        }
        if let reason = lines.first, reason.contains("regex") {
            return .pattern(query.pattern, reason: reason)
        }
        return .ripgrep(lines.first ?? "it said nothing about why.")
    }
}
