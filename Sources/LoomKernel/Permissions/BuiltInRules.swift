/// Rules that stand between the user's own and the preset: what plainly reads needs no question.
enum BuiltInRules {
    private static let reads = ["status", "diff", "log", "show", "blame", "branch --list"]

    /// The tool `git` builds its command line itself, so what stands behind the operation cannot be another command.
    static let all = reads.flatMap { operation in
        ["git \(operation)", "git \(operation) *"].map { PermissionRule(.allow, "git", $0, origin: "built-in rule") }
    }
}
