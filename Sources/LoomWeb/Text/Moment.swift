import LoomSystem

/// A time as the page shows it: relative, exact when pointed at. The script keeps the relative part true.
struct Moment {
    /// For the `datetime` attribute.
    let machine: String
    /// For the `title` attribute: UTC to the second; the script puts it into the reader's own zone.
    let exact: String
    let relative: String

    init(_ time: Timestamp, now: Timestamp) {
        self.machine = time.text(fractionDigits: 3)
        self.exact = String(time.text(fractionDigits: 0).map { $0 == "T" ? " " : $0 }.dropLast()) + " UTC"
        self.relative = Self.relative((now - time).inSeconds)
    }

    /// The script has the same words in `ago`.
    private static func relative(_ seconds: Double) -> String {
        switch seconds {
        case ..<5: "now"
        case ..<60: "\(Int(seconds)) s ago"
        case ..<3_600: "\(Int(seconds / 60)) min ago"
        case ..<86_400: "\(Int(seconds / 3_600)) h ago"
        default: "\(Int(seconds / 86_400)) d ago"
        }
    }
}
