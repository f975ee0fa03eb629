import LoomSystem

/// How much of each kind a text is, in tokens of no model in particular: adding profiles is adding texts.
package struct TextProfile: Sendable, Hashable {
    /// By `TextKind`, in the order of its cases.
    @PackedVector package private(set) var amounts = SIMD8<Double>()
    /// Tokens that are thought to be there and are no text, such as pictures: nothing is learned from these.
    package var opaque = 0.0

    package init() {}

    package init(_ text: String) {
        self.init()
        self.add(text)
    }

    package init(_ message: Message) {
        self.init()
        self[.frames] = 4
        for part in message.parts { self.add(part) }
    }

    package init(_ tool: ToolSchema) {
        self.init()
        self[.frames] = 8
        self.add(tool.name)
        self.add(tool.description)
        self.add(tool.parameters.text())
    }

    package subscript(kind: TextKind) -> Double {
        get { self.amounts[kind.index] }
        set { self.amounts[kind.index] = newValue }
    }

    package mutating func add(_ text: String) {
        var counter = TextCounter()
        counter.add(text)
        self += counter.profile
    }

    private mutating func add(_ part: Part) {
        switch part {
        case .text(let text):
            self.add(text)
        case .thinking(let text, _):
            // Whether it is counted again is the vendor's affair.
            self.opaque += TextProfile(text).amounts.sum()
        case .toolCall(let call):
            self[.frames] += 8
            self.add(call.name)
            self.add(call.arguments.text())
        case .toolResult(_, _, let text, _):
            self[.frames] += 8
            self.add(text)
        case .attachment(let attachment):
            self.opaque += Double(attachment.tokens)
        }
    }

    package static func += (a: inout TextProfile, b: TextProfile) {
        a.amounts += b.amounts
        a.opaque += b.opaque
    }

    package static func + (a: TextProfile, b: TextProfile) -> TextProfile {
        var sum = a
        sum += b
        return sum
    }

    /// What came to `b`; nil where `b` has more of some kind.
    package static func - (a: TextProfile, b: TextProfile) -> TextProfile? {
        var rest = a
        rest.amounts -= b.amounts
        rest.opaque -= b.opaque
        // Sums of the same numbers in another order differ a little.
        return rest.amounts.min() > -0.01 && rest.opaque > -0.01 ? rest : nil
    }
}
