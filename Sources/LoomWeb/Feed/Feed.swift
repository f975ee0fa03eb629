import LoomKernel

/// The newest lines of the log, read from its end.
struct Feed: Sendable {
    let workspace: any PageWorkspace

    /// Lines the first screen shows.
    private static let length = 120
    /// Signals read at a time, and how many of these windows a rare filter may look through.
    private static let window: Int64 = 500
    private static let windows = 6

    typealias Entry = (signal: Signal, line: FeedLine)

    /// The newest lines up to a signal, newest first.
    func newest(_ filter: FeedFilter, until end: Int64) async throws(CommandError) -> [Entry] {
        var lines: [Entry] = []
        var top = end
        for _ in 0..<Self.windows where top > 0 && lines.count < Self.length {
            let bottom = max(0, top - Self.window)
            let signals = try await self.workspace.history(after: bottom, limit: Int(top - bottom))
            lines += Self.lines(of: signals.filter { $0.sequence <= top }, filter)
            top = bottom
        }
        return Array(lines.prefix(Self.length))
    }

    /// The lines after a signal, newest first, and the sequence they reach to.
    func lines(_ filter: FeedFilter, after start: Int64) async throws(CommandError) -> (lines: [Entry], end: Int64) {
        var lines: [Entry] = []
        var end = start
        while true {
            let signals = try await self.workspace.history(after: end, limit: Int(Self.window))
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
