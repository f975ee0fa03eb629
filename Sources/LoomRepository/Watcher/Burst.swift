/// The events of one save, or of one `git checkout`, on their way to becoming one change.
struct Burst: Sendable {
    /// So long must it be quiet before a burst counts as over. The events of one save (write and rename, or delete and
    /// create) were measured under 1 ms apart, from event to reader about 0.1 ms; 8 ms leaves room on a busy machine
    /// and is still far below what a person notices.
    static let quiet: Duration = .milliseconds(8)

    /// A burst is passed on at the latest so long after its first event, so that endless writing can't hide a change.
    static let longest: Duration = .milliseconds(50)

    private(set) var paths: Set<String> = []
    private var first: Duration = .zero
    private var last: Duration = .zero

    mutating func add(_ path: String, at time: Duration) {
        if paths.isEmpty { first = time }
        last = time
        paths.insert(path)
    }

    /// When to pass it on, as things stand; nil when there is nothing.
    var deadline: Duration? {
        paths.isEmpty ? nil : min(last + Self.quiet, first + Self.longest)
    }

    mutating func take() -> Set<String> {
        defer { paths = [] }
        return paths
    }
}
