/// Joins lines that end with a backslash to the one that follows.
struct LineJoiner {
    private var held: [String] = []

    /// True when the next line continues an entry.
    var isContinuing: Bool { !self.held.isEmpty }

    /// The whole entry, or nil when it goes on. Two backslashes at the end are two backslashes.
    mutating func add(_ line: String) -> String? {
        let slashes = line.reversed().prefix { $0 == "\\" }.count
        guard slashes % 2 == 1 else { return self.take(adding: line) }
        self.held.append(String(line.dropLast()))
        return nil
    }

    /// What was held when the input ended in the middle of an entry.
    mutating func end() -> String? {
        guard let last = self.held.popLast() else { return nil }
        return self.take(adding: last)
    }

    private mutating func take(adding line: String) -> String {
        defer { self.held = [] }
        return (self.held + [line]).joined(separator: "\n")
    }
}
