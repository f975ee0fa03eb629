import LoomKernel

/// The tool calls of this session by number, for `/show`.
struct CallList: Sendable {
    struct Entry: Sendable, Hashable {
        let number: Int
        let call: String
        let agent: String
        let tool: String
        let summary: String
        /// Nil while it runs.
        var status: ToolResult.Status?
    }

    private static let kept = 500
    private(set) var entries: [Entry] = []
    private var last = 0

    mutating func note(_ signal: Signal) {
        if let started = signal.payload(ToolStarted.self) {
            self.last += 1
            self.entries.append(
                Entry(number: self.last, call: started.call, agent: started.agent, tool: started.tool, summary: started.summary))
            if self.entries.count > Self.kept { self.entries.removeFirst() }
        } else if let finished = signal.payload(ToolFinished.self),
            let index = self.entries.lastIndex(where: { $0.call == finished.call })
        {
            self.entries[index].status = finished.status
        }
    }

    subscript(number: Int) -> Entry? { self.entries.first { $0.number == number } }
}
