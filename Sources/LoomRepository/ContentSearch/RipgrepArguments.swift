/// How ripgrep is called for a query.
///
/// The user's configuration, `.ignore` files and git's global settings are left out, so that everybody finds the same,
/// also whoever has no ripgrep and searches with `LineScan`.
struct RipgrepArguments {
    let arguments: [String]

    /// Goes to ripgrep's standard input, which it reads as an ignore file: everything but the glob. As `--glob` the
    /// pattern would bring back files that `.gitignore` leaves out; an ignore file ranks below `.gitignore`.
    let ignoreText: String

    /// - Parameters:
    ///   - glob: the query's, compiled.
    ///   - target: the file to search; nil for the folder ripgrep runs in.
    init(_ query: ContentQuery, glob: Glob?, target: String?) {
        var arguments = [
            "--no-config", "--hidden", "--no-require-git", "--no-ignore-global", "--no-ignore-dot", "--no-messages",
            "--sort", "path", "--max-filesize", String(ContentQuery.fileSizeLimit),
        ]
        for name in IgnoreRules.always.sorted() { arguments += ["--glob", "!\(name)"] }
        if glob != nil { arguments += ["--ignore-file", "/dev/stdin"] }
        arguments.append(query.isCaseSensitive ? "--case-sensitive" : "--ignore-case")
        if query.isLiteral { arguments.append("--fixed-strings") }
        switch query.mode {
        case .content: arguments += ["--json", "--context", String(query.context)]
        case .files: arguments += ["--files-with-matches", "--null"]
        case .count: arguments += ["--count", "--with-filename", "--null"]
        }
        self.arguments = arguments + ["--regexp", query.pattern, "--", target ?? "."]
        ignoreText = glob.map { "*\n!*/\n" + $0.ignoreLines.map { "!\($0)\n" }.joined() } ?? ""
    }
}
