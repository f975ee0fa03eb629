/// One line of the table.
struct Row: Sendable {
    enum Verdict: String, Sendable { case met, missed, none = "" }

    let what: String
    var goal = ""
    let result: String
    /// The same work done by somebody else, in the same run.
    var rival = ""
    var verdict = Verdict.none
    var note = ""
}

/// The figures of one run as a Markdown table.
struct Table {
    private var sections: [(title: String, rows: [Row])] = []

    mutating func add(_ title: String, _ rows: [Row]) { self.sections.append((title, rows)) }

    var text: String {
        var lines = ["| figure | goal | here | rival | | remarks |", "|---|---|---|---|---|---|"]
        for section in self.sections {
            lines.append("| **\(section.title)** | | | | | |")
            lines += section.rows.map {
                "| \($0.what) | \($0.goal) | \($0.result) | \($0.rival) | \($0.verdict.rawValue) | \($0.note) |"
            }
        }
        return lines.joined(separator: "\n")
    }
}

/// Figures in the unit that reads best, with three digits.
enum Shown {
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<1e-6: "\(Self.digits(seconds * 1e9)) ns"
        case ..<1e-3: "\(Self.digits(seconds * 1e6)) µs"
        case ..<1: "\(Self.digits(seconds * 1e3)) ms"
        default: "\(Self.digits(seconds)) s"
        }
    }

    static func bytes(_ bytes: Double) -> String {
        switch bytes {
        case ..<1e3: "\(Self.digits(bytes)) B"
        case ..<1e6: "\(Self.digits(bytes / 1e3)) KB"
        default: "\(Self.digits(bytes / 1e6)) MB"
        }
    }

    /// How many of them in a second.
    static func rate(_ seconds: Double) -> String {
        let rate = 1 / seconds
        return rate >= 1e6 ? "\(Self.digits(rate / 1e6)) M/s" : "\(Self.digits(rate / 1e3)) k/s"
    }

    static func digits(_ value: Double) -> String {
        let places = value >= 100 ? 1.0 : value >= 10 ? 10.0 : 100.0
        let rounded = (value * places).rounded() / places
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension Row {
    /// A duration against a goal in seconds. The best run stands beside the median: load makes a run slower, never faster.
    static func time(_ what: String, goal: Double? = nil, _ figure: Measurement, note: String = "") -> Row {
        Row(
            what: what, goal: goal.map(Shown.time) ?? "",
            result: "\(Shown.time(figure.median)), p99 \(Shown.time(figure.p99)), best \(Shown.time(figure.best))",
            verdict: goal.map { figure.median <= $0 ? .met : .missed } ?? .none,
            note: Self.joined("CPU \(Shown.time(figure.cpu))", note))
    }

    /// The same work here and there; the goal is to be ahead.
    static func against(
        _ what: String, _ figure: Measurement, _ rival: Measurement?, note: String = "", shown: (Double) -> String = Shown.time
    ) -> Row {
        Row(
            what: what, goal: rival == nil ? "" : "ahead",
            result: "\(shown(figure.median)), best \(shown(figure.best))",
            rival: rival.map { "\(shown($0.median)), best \(shown($0.best))" } ?? "",
            verdict: rival.map { figure.median < $0.median ? .met : .missed } ?? .none,
            note: Self.joined(figure.cpu > 0 ? "CPU \(Shown.time(figure.cpu))" : "", note))
    }

    private static func joined(_ parts: String...) -> String { parts.filter { !$0.isEmpty }.joined(separator: "; ") }
}
