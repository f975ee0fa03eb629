/// Figures as people write them.
enum Figures {
    /// "12 ms", "0.8 s", "41 s", "3 min 20 s".
    static func time(milliseconds: Int) -> String {
        switch milliseconds {
        case ..<100: "\(max(0, milliseconds)) ms"
        case ..<10_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<60_000: "\(milliseconds / 1000) s"
        default: "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
        }
    }

    /// "812", "12k", "1.2M".
    static func tokens(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count)"
        case ..<1_000_000: "\(count / 1000)k"
        default: "\(count / 1_000_000).\(count % 1_000_000 / 100_000)M"
        }
    }

    static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
