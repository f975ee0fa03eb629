import LoomSystem

/// What became of an agent's tools since their list was sent. The list itself waits for a break of the vendor's cache; this is told at the
/// end of the conversation and counts at once.
package struct ToolNews: Sendable, Hashable, Codable {
    package var added: [ToolSchema] = []
    package var changed: [ToolSchema] = []
    package var gone: [String] = []

    /// Nil when there is none. Both lists are sorted by name.
    package init?(known: [ToolSchema], now: [ToolSchema]) {
        let before = Dictionary(known.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        let names = Set(now.map(\.name))
        for tool in now where before[tool.name] != tool {
            if before[tool.name] == nil { self.added.append(tool) } else { self.changed.append(tool) }
        }
        self.gone = known.map(\.name).filter { !names.contains($0) }
        if self.added.isEmpty, self.changed.isEmpty, self.gone.isEmpty { return nil }
    }

    /// For the model. `door` is the tool of its list that calls others by their names.
    package func text(door: String?) -> String {
        var lines = ["[notice] Your tools have changed. The list you were given shows them as they were; from now on this counts:"]
        let way = door.map { "Call it by \($0)." } ?? "Call it by its name."
        lines += self.added.map { "- New: \($0.name). \($0.description) \(way) Its arguments: \($0.parameters.text())" }
        lines += self.changed.map { "- Changed: \($0.name). \($0.description) Its arguments are now: \($0.parameters.text())" }
        if !self.gone.isEmpty { lines.append("- Gone: \(self.gone.joined(separator: ", ")). Do without.") }
        return lines.joined(separator: "\n")
    }
}

extension Array<ToolSchema> {
    /// The list as it is known once the news was told.
    func told(_ news: ToolNews) -> [ToolSchema] {
        let fresh = news.added + news.changed
        let names = Set(fresh.map(\.name)).union(news.gone)
        return (self.filter { !names.contains($0.name) } + fresh).sorted { $0.name < $1.name }
    }
}
