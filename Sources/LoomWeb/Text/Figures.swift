/// Numbers as people read them.
enum Figures {
    /// Tokens: `940`, `12k`, `1.2M`.
    static func short(_ count: Int) -> String {
        switch count {
        case ..<1_000: "\(max(0, count))"
        case ..<999_500: count < 9_950 ? "\(tenths(Double(count) / 1_000))k" : "\((count + 500) / 1_000)k"
        default: "\(tenths(Double(count) / 1_000_000))M"
        }
    }

    /// Digits in groups of three: `48 213`, with narrow spaces that do not break.
    static func grouped(_ count: Int) -> String {
        var text = ""
        let digits = String(count.magnitude)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "\u{202F}" }
            text.append(digit)
        }
        return count < 0 ? "−" + text : text
    }

    /// Dollars and cents; what is less than a cent but not nothing says so.
    static func dollars(_ amount: Double) -> String {
        guard amount.isFinite, amount > 0 else { return "$0.00" }
        if amount < 0.005 { return "<$0.01" }
        guard amount < 1e12 else { return "over $1 000 000 000 000" }
        let cents = Int((amount * 100).rounded())
        return "$\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }

    /// A stretch of time: `12 ms`, `4.1 s`, `3 min`, `2 h`.
    static func span(milliseconds: Int) -> String {
        switch milliseconds {
        case ..<1_000: "\(max(0, milliseconds)) ms"
        case ..<60_000: "\(tenths(Double(milliseconds) / 1_000)) s"
        case ..<3_600_000: "\(milliseconds / 60_000) min"
        default: "\(milliseconds / 3_600_000) h"
        }
    }

    /// How much of the whole, in percent from 0 to 100; nothing of nothing is 0.
    static func percent(_ part: Double, of whole: Double) -> Int {
        guard whole > 0, part.isFinite, whole.isFinite else { return 0 }
        return Int(min(100, max(0, part / whole * 100)).rounded())
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
