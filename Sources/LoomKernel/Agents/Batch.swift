package import LoomSystem

/// The tool calls of one reply, each from waiting to its result. Order is kept; calls that are parallel-safe and stand side by
/// side run together, any other runs alone.
package struct Batch: Sendable, Hashable {
    package enum Phase: Sendable, Hashable {
        case waiting
        /// Handed out; the permission engine is asked. Nothing has happened yet.
        case admitted
        case running
        case finished(ToolResult)
    }

    package struct Entry: Sendable, Hashable {
        package let call: ToolCall
        let isParallel: Bool
        package var phase: Phase = .waiting
        /// How many of its questions wait for a human: a call may do several things side by side.
        var questions = 0

        package var isFinished: Bool { if case .finished = self.phase { true } else { false } }
    }

    package private(set) var calls: [Entry]

    init(_ calls: [ToolCall], parallel: Set<String>) {
        self.calls = calls.map { Entry(call: $0, isParallel: parallel.contains($0.id)) }
    }

    var isFinished: Bool { self.calls.allSatisfy(\.isFinished) }

    /// Nothing handed out is without its result.
    var isQuiet: Bool { self.calls.allSatisfy { $0.isFinished || $0.phase == .waiting } }

    /// True when a human is waited for and nothing else runs.
    var isGated: Bool {
        let open = self.calls.filter { !$0.isFinished }
        return open.contains { $0.questions > 0 } && !open.contains { $0.phase == .running && $0.questions == 0 }
    }

    /// Handed out and without a result, whether or not it has begun.
    var running: [String] {
        self.calls.filter { !$0.isFinished && $0.phase != .waiting }.map(\.call.id)
    }

    /// In the order of the calls, as the next user message; what there is to look at comes last, for some vendors want results first.
    var results: [Part] {
        let attachments = self.calls.flatMap { entry -> [Attachment] in
            if case .finished(let result) = entry.phase { result.attachments ?? [] } else { [] }
        }
        return self.texts + attachments.map { .attachment($0) }
    }

    private var texts: [Part] {
        self.calls.map { entry in
            guard case .finished(let result) = entry.phase else {
                return .toolResult(call: entry.call.id, name: entry.call.name, text: "interrupted", isError: true)
            }
            return .toolResult(call: entry.call.id, name: entry.call.name, text: result.text, isError: result.status != .ok)
        }
    }

    /// The next calls to run together; empty while something that must run alone is under way.
    mutating func takeNext() -> [ToolCall] {
        guard let first = self.calls.firstIndex(where: { $0.phase == .waiting }) else { return [] }
        let underWay = self.calls.filter { !$0.isFinished && $0.phase != .waiting }
        guard underWay.isEmpty || (self.calls[first].isParallel && underWay.allSatisfy(\.isParallel)) else { return [] }
        var last = first
        if self.calls[first].isParallel {
            while last + 1 < self.calls.endIndex, self.calls[last + 1].isParallel { last += 1 }
        }
        for index in first...last { self.calls[index].phase = .admitted }
        return self.calls[first...last].map(\.call)
    }

    mutating func gate(_ call: String) {
        self.change(call) { $0.questions += 1 }
    }

    mutating func ungate(_ call: String) {
        self.change(call) { $0.questions = max(0, $0.questions - 1) }
    }

    mutating func start(_ call: String) {
        self.change(call) { $0.phase = .running }
    }

    mutating func finish(_ call: String, _ result: ToolResult) {
        self.change(call) { $0.phase = .finished(result) }
    }

    mutating func skipUnstarted(_ reason: String) {
        for index in self.calls.indices where self.calls[index].phase == .waiting {
            self.calls[index].phase = .finished(ToolResult(reason, status: .cancelled))
        }
    }

    /// After a crash: what had not begun waits again; what had is returned.
    mutating func restart() -> [ToolCall] {
        var begun: [ToolCall] = []
        for index in self.calls.indices {
            // Whoever waited for an answer asks anew.
            self.calls[index].questions = 0
            switch self.calls[index].phase {
            case .admitted: self.calls[index].phase = .waiting
            case .running: begun.append(self.calls[index].call)
            case .waiting, .finished: break
            }
        }
        return begun
    }

    private mutating func change(_ call: String, _ body: (inout Entry) -> Void) {
        guard let index = self.calls.firstIndex(where: { $0.call.id == call && !$0.isFinished }) else { return }
        body(&self.calls[index])
    }
}
