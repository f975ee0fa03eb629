import LoomSystem

/// Puts a streamed reply together: text joined, tool calls from their fragments.
struct ReplyAssembler {
    private var text = ""
    private var thinking: [Part] = []
    private var calls: [Int: Fragment] = [:]
    private var order: [Int] = []
    private(set) var usage = Usage()
    private(set) var stop: StopReason?

    private struct Fragment {
        var id = ""
        var name = ""
        var arguments = ""
    }

    /// True once anything of the answer has come: a retry then voids what people saw of it.
    var isEmpty: Bool { self.text.isEmpty && self.calls.isEmpty && self.thinking.isEmpty }

    mutating func add(_ event: ModelEvent) {
        switch event {
        case .text(let piece): self.text += piece
        case .thinking(let piece, let signature): self.addThinking(piece, signature)
        case .toolCallDelta(let index, let id, let name, let arguments):
            if self.calls[index] == nil { self.order.append(index) }
            var fragment = self.calls[index] ?? Fragment()
            if let id, !id.isEmpty { fragment.id = id }
            if let name, !name.isEmpty { fragment.name = name }
            fragment.arguments += arguments
            self.calls[index] = fragment
        case .usage(let usage):
            // Vendors send parts of it, or running totals: the largest of each class is the truth.
            self.usage = Usage(
                input: max(self.usage.input, usage.input), output: max(self.usage.output, usage.output),
                cacheRead: max(self.usage.cacheRead, usage.cacheRead), cacheWrite: max(self.usage.cacheWrite, usage.cacheWrite))
        case .stop(let reason): self.stop = reason
        }
    }

    /// The whole reply; `call` makes names for tool calls whose vendor gave none.
    func reply(call: String) -> ModelReply {
        var parts = self.thinking
        if !self.text.isEmpty { parts.append(.text(self.text)) }
        for (position, index) in self.order.enumerated() {
            guard let fragment = self.calls[index] else { continue }
            let id = fragment.id.isEmpty ? "\(call)-\(position)" : fragment.id
            let text = fragment.arguments.isEmpty ? "{}" : fragment.arguments
            if case .object(let members)? = try? JSON.parse(text) {
                parts.append(.toolCall(ToolCall(id: id, name: fragment.name, arguments: .object(members))))
            } else {
                parts.append(.toolCall(ToolCall(id: id, name: fragment.name, arguments: .object([:]), malformed: text)))
            }
        }
        return ModelReply(message: Message(.assistant, parts), usage: self.usage, stop: self.stop ?? .other)
    }

    private mutating func addThinking(_ piece: String, _ signature: String?) {
        if case .thinking(let text, nil)? = self.thinking.last {
            self.thinking[self.thinking.count - 1] = .thinking(text + piece, signature: signature)
        } else {
            self.thinking.append(.thinking(piece, signature: signature))
        }
    }
}
