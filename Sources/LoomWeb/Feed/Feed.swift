import LoomKernel

/// The newest lines of the log, read from its end.
struct Feed: Sendable {
    let workspace: any PageWorkspace

    /// Lines the first screen shows.
    private static let length = 120
    /// Signals read at a time.
    private static let window = 600
    /// Signals that a filter looks through before it gives up on filling the screen.
    private static let depth = 4_000

    typealias Entry = (signal: Signal, line: FeedLine)

    /// The newest lines up to a signal, newest first.
    func newest(_ filter: FeedFilter, until end: Int64) async throws(CommandError) -> [Entry] {
        for count in [Self.window, Self.depth] {
            let signals = try await self.workspace.latest(count)
            let lines = Self.lines(of: signals.filter { $0.sequence <= end }, filter)
            if lines.count >= Self.length || signals.count < count || count == Self.depth { return Array(lines.prefix(Self.length)) }
        }
        return []
    }

    /// The lines after a signal, newest first, and the sequence they reach to.
    func lines(_ filter: FeedFilter, after start: Int64) async throws(CommandError) -> (lines: [Entry], end: Int64) {
        var lines: [Entry] = []
        var end = start
        while true {
            let signals = try await self.workspace.history(after: end, limit: Self.window)
            guard let last = signals.last else { return (lines, end) }
            end = last.sequence
            lines = Array((Self.lines(of: signals, filter) + lines).prefix(Self.length))
            if signals.count < Self.window { return (lines, end) }
        }
    }

    private static func lines(of signals: [Signal], _ filter: FeedFilter) -> [Entry] {
        signals.reversed().compactMap { signal in
            guard let line = FeedLine(signal), filter.admits(line) else { return nil }
            return (signal, line)
        }
    }
}
