/// Lua shows the end of a long chunk name only. This puts the whole names back into its messages.
struct ChunkNames: Sendable {
    private let whole: [(short: String, long: String)]

    /// Lua's `LUA_IDSIZE` without what it needs for the dots and its own end.
    private static let shown = 56

    init(_ names: [String]) {
        whole = names.filter { $0.utf8.count > Self.shown + 3 }.map { name in
            ("..." + String(decoding: name.utf8.suffix(Self.shown), as: UTF8.self) + ":", name + ":")
        }
    }

    func restore(_ text: String) -> String {
        guard text.contains("...") else { return text }
        return whole.reduce(text) { $0.replacing($1.short, with: $1.long) }
    }
}
