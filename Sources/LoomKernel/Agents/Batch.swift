package import LoomSystem

/// The tool calls of one reply, each from waiting to its result. Order is kept; calls that are parallel-safe and stand side by
/// side run together, any other runs alone.
package struct Batch: Sendable, Hashable {
    package enum Phase: Sendable, Hashable {
        case waiting
        /// Handed out; the permission engine is asked. Nothing has happened yet.
        case admitted
        /// A human is asked; a call that had begun goes on running after the answer.
        case gated(ID, hasBegun: Bool)
        case running
        case finished(ToolResult)
    }

    package struct Entry: Sendable, Hashable {
        package let call: ToolCall
        let isParallel: Bool
        package var phase: Phase = .waiting

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
        var gated = false
        for entry in self.calls {
            switch entry.phase {
            case .gated: gated = true
            case .running: return false
            default: break
            }
        }
        return gated
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

    mutating func gate(_ call: String, _ question: ID) {
        self.set(call) { phase in
            let hasBegun = if case .running = phase { true } else { false }
            return .gated(question, hasBegun: hasBegun)
        }
    }

    mutating func ungate(_ call: String) {
        self.set(call) { phase in
            guard case .gated(_, let hasBegun) = phase else { return phase }
            return hasBegun ? .running : .admitted
        }
    }

    mutating func start(_ call: String) {
        self.set(call) { _ in .running }
    }

    mutating func finish(_ call: String, _ result: ToolResult) {
        self.set(call) { _ in .finished(result) }
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
            switch self.calls[index].phase {
            case .admitted, .gated(_, hasBegun: false): self.calls[index].phase = .waiting
            case .running, .gated(_, hasBegun: true):
                self.calls[index].phase = .running
                begun.append(self.calls[index].call)
            case .waiting, .finished: break
            }
        }
        return begun
    }

    private mutating func set(_ call: String, _ next: (Phase) -> Phase) {
        guard let index = self.calls.firstIndex(where: { $0.call.id == call && !$0.isFinished }) else { return }
        self.calls[index].phase = next(self.calls[index].phase)
    }
}
