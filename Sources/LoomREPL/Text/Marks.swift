/// The signs that lines use, with words of ASCII where the locale has no others.
package struct Marks: Sendable, Hashable {
    package let tool, file, failure, success, arrow, ellipsis, minus, open, close, prompt, continuation: String

    package static let unicode = Marks(
        tool: "⚙", file: "✎", failure: "✗", success: "✓", arrow: "→", ellipsis: "…", minus: "−", open: "«", close: "»",
        prompt: "› ", continuation: "… ")
    package static let ascii = Marks(
        tool: "*", file: "~", failure: "x", success: "ok", arrow: "->", ellipsis: "...", minus: "-", open: "\"", close: "\"",
        prompt: "> ", continuation: ". ")

    package static func of(_ traits: TerminalTraits) -> Marks { traits.utf8 ? .unicode : .ascii }
}

/// A colour of the terminal's own palette. What it says is always said in words or by a mark too.
enum Hue: Int, Sendable, Hashable {
    case red = 31
    case dim = 2
    case green = 32, yellow, blue, magenta, cyan
    case brightYellow = 93, brightBlue, brightMagenta, brightCyan

    /// For agents, in the order they appear. Red is for failure alone.
    static let agents: [Hue] = [.cyan, .yellow, .magenta, .blue, .green, .brightCyan, .brightYellow, .brightMagenta, .brightBlue]

    func paint(_ text: String) -> String { text.isEmpty ? text : "\u{1B}[\(self.rawValue)m\(text)\u{1B}[0m" }
}
