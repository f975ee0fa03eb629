/// The columns of a line: who, then what happened, then outcome and time at the right. The same everywhere, wrapped under
/// the name where it is narrow.
package struct LineLayout: Sendable {
    /// Columns; nil where lines are as long as they are.
    package var width: Int?
    let colour: Bool
    let marks: Marks
    private var hues: [String: Hue] = [:]

    package init(width: Int?, colour: Bool, marks: Marks) {
        self.width = width
        self.colour = colour
        self.marks = marks
    }

    /// Below this many columns the text is wrapped rather than cut.
    private static let roomy = 60

    var isNarrow: Bool { self.width.map { $0 < Self.roomy } ?? false }
    /// Columns of the name, the space after it included.
    var gutter: Int { self.isNarrow ? 7 : 10 }
    /// Columns a row of text may have beside the name.
    var textWidth: Int? { self.width.map { max(10, $0 - self.gutter) } }

    func paint(_ text: String, _ hue: Hue?) -> String {
        guard self.colour, let hue else { return text }
        return hue.paint(text)
    }

    /// The name in its column, in the agent's own hue.
    mutating func name(_ who: String) -> String {
        let isAgent = !Self.others.contains(who)
        let hue = isAgent ? self.hues[who] ?? Hue.agents[self.hues.count % Hue.agents.count] : .dim
        if isAgent { self.hues[who] = hue }
        let text = who.shown.fitted(to: self.gutter - 1, mark: self.marks.ellipsis)
        return self.paint(text, hue) + String(repeating: " ", count: self.gutter - text.columns)
    }

    /// Names in the first column that are no agents'.
    private static let others: Set<String> = ["you", "loomkin", "plugins", "rules", "budget", "session", "!"]

    var indent: String { String(repeating: " ", count: self.gutter) }

    /// One event. `right` is the outcome and the time.
    mutating func event(_ who: String, _ text: String, _ hue: Hue? = nil, right: String = "", rightHue: Hue? = nil) -> [String] {
        let name = self.name(who)
        let body = text.shown
        guard let width = self.width, let textWidth = self.textWidth else {
            return [name + self.paint(body, hue) + (right.isEmpty ? "" : "  " + self.paint(right, rightHue))]
        }
        let room = min(width, 100) - self.gutter - right.columns - 2
        if !right.isEmpty, body.columns <= room || !self.isNarrow {
            let fitted = body.fitted(to: room, mark: self.marks.ellipsis)
            return [name + self.paint(fitted, hue) + String(repeating: " ", count: room - fitted.columns + 2) + self.paint(right, rightHue)]
        }
        var rows = TextWrap.rows(body, width: textWidth).map { (text: $0.text, tail: "") }
        if !right.isEmpty {
            if let last = rows.last, last.text.columns + 2 + right.columns <= textWidth {
                rows[rows.count - 1].tail = "  " + self.paint(right, rightHue)
            } else {
                rows.append(("", self.paint(right, rightHue)))
            }
        }
        return rows.enumerated().map { ($0 == 0 ? name : self.indent) + self.paint($1.text, hue) + $1.tail }
    }

    /// Text in rows that begin with so many spaces, for blocks without a name.
    func block(_ text: String, indent: Int, first: String? = nil, _ hue: Hue? = nil) -> [String] {
        let spaces = String(repeating: " ", count: indent)
        return TextWrap.rows(text, width: self.width.map { max(10, $0 - indent) }).enumerated().map { index, row in
            let start = index == 0 ? first ?? spaces : spaces
            return row.text.isEmpty ? "" : start + self.paint(row.text, hue)
        }
    }
}
