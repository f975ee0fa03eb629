import LoomSystem

/// Puts a streamed reply together: pieces of text joined, tool calls from their fragments, in the order in which they began.
struct ReplyAssembler {
    private enum Piece {
        case text(String)
        case thinking(String, signature: String?)
        /// By its index in the stream.
        case call(Int)
    }

    private struct Fragment {
        var id = ""
        var name = ""
        var arguments = ""
        var signature: String?
    }

    /// Bytes of one reply: no model writes so much, and no server may fill the memory.
    private static let limit = 16 << 20

    /// Tokens of one class in one reply: what a server says beyond it is nonsense, and must not spoil the sums.
    private static let tokenLimit = 500_000_000

    private var size = 0
    private var pieces: [Piece] = []
    private var calls: [Int: Fragment] = [:]
    private(set) var usage = Usage()
    private(set) var stop: StopReason?

    mutating func add(_ event: ModelEvent) throws(ModelFailure) {
        self.size += event.size
        guard self.size <= Self.limit else {
            throw ModelFailure(.server, "The reply is larger than \(Self.limit >> 20) MB; it was given up.")
        }
        switch event {
        case .text(let piece): self.addText(piece)
        case .thinking(let piece, let signature): self.addThinking(piece, signature)
        case .toolCallDelta(let index, let id, let name, let arguments, let signature):
            if self.calls[index] == nil { self.pieces.append(.call(index)) }
            var fragment = self.calls[index] ?? Fragment()
            if let id, !id.isEmpty { fragment.id = id }
            if let name, !name.isEmpty { fragment.name = name }
            fragment.arguments += arguments
            fragment.signature = signature ?? fragment.signature
            self.calls[index] = fragment
        case .usage(let usage):
            // Vendors send parts of it, or running totals: the largest of each class is the truth.
            func larger(_ tokens: KeyPath<Usage, Int>) -> Int {
                max(self.usage[keyPath: tokens], min(usage[keyPath: tokens], Self.tokenLimit))
            }
            self.usage = Usage(
                input: larger(\.input), output: larger(\.output), cacheRead: larger(\.cacheRead), cacheWrite: larger(\.cacheWrite),
                reasoning: larger(\.reasoning))
        case .stop(let reason): self.stop = reason
        case .limits: break
        }
    }

    /// The whole reply; `call` makes names for tool calls whose vendor gave none.
    func reply(to call: ModelCall) -> ModelReply {
        var parts: [Part] = []
        var position = 0
        for piece in self.pieces {
            switch piece {
            case .text(let text): parts.append(.text(text))
            case .thinking(let text, let signature): parts.append(.thinking(text, signature: signature))
            case .call(let index):
                guard let fragment = self.calls[index] else { continue }
                parts.append(.toolCall(Self.toolCall(fragment, name: "\(call.id)-\(position)")))
                position += 1
            }
        }
        return ModelReply(
            message: Message(.assistant, parts, origin: call.model.description), usage: self.usage, stop: self.stop ?? .other)
    }

    private static func toolCall(_ fragment: Fragment, name: String) -> ToolCall {
        let id = fragment.id.isEmpty ? name : fragment.id
        let text = fragment.arguments.isEmpty ? "{}" : fragment.arguments
        if case .object(let members)? = try? JSON.parse(text) {
            return ToolCall(id: id, name: fragment.name, arguments: .object(members), signature: fragment.signature)
        }
        return ToolCall(id: id, name: fragment.name, arguments: .object([:]), malformed: text, signature: fragment.signature)
    }

    private mutating func addText(_ piece: String) {
        if case .text(let text)? = self.pieces.last {
            self.pieces[self.pieces.count - 1] = .text(text + piece)
        } else if !piece.isEmpty {
            self.pieces.append(.text(piece))
        }
    }

    /// A signature closes the thinking it stands behind.
    private mutating func addThinking(_ piece: String, _ signature: String?) {
        if case .thinking(let text, nil)? = self.pieces.last {
            self.pieces[self.pieces.count - 1] = .thinking(text + piece, signature: signature)
        } else {
            self.pieces.append(.thinking(piece, signature: signature))
        }
    }
}
