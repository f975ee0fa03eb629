/// Text that may be long: one line of it, and the whole where that says more.
struct Excerpt: Equatable {
    let line: String
    /// Nil when the line is all there is.
    let whole: String?

    /// - Parameter width: characters the line may have.
    init(_ text: String, width: Int = 140) {
        let lines = text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
        let first = lines.first.map(String.init) ?? ""
        if lines.count <= 1, first.count <= width {
            self.line = first
            self.whole = nil
        } else {
            self.line = first.count <= width ? first + " …" : String(first.prefix(width - 1)) + "…"
            self.whole = text
        }
    }
}
