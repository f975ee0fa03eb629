import LoomSystem
import Testing

/// A generator for property tests whose seed is told with every failure.
struct Seeded {
    let seed: UInt64
    let random: SeededRandom

    init(seed: UInt64 = LiveRandom().next()) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        print("seed \(seed)")
    }

    var comment: Comment { "seed \(seed)" }

    func number(_ range: ClosedRange<Int>) -> Int { random.next(in: range) }

    func bytes(upTo count: Int) -> [UInt8] {
        (0..<number(0...count)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    /// Text with many of the characters that formats trip over.
    func text(upTo count: Int = 12) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "b", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1f}", "\u{7f}", "é", "\u{301}", "\u{2028}", "\u{fffd}", "猫", "🐈", " ",
            ":",
        ]
        var view = String.UnicodeScalarView()
        for _ in 0..<number(0...count) { view.append(scalars[number(0...scalars.count - 1)]) }
        return String(view)
    }

    func json(depth: Int = 4) -> JSON {
        switch number(0...(depth > 0 ? 7 : 5)) {
        case 0: return .null
        case 1: return .bool(random.next() & 1 == 0)
        case 2: return .int(Int64(bitPattern: random.next()))
        case 3: return .int(Int64(number(-9...9)))
        case 4:
            let value = Double(bitPattern: random.next())
            return .number(value.isFinite ? value : 0.5)
        case 5: return .string(text())
        case 6: return .array((0..<number(0...4)).map { _ in json(depth: depth - 1) })
        default: return .object(Dictionary((0..<number(0...4)).map { _ in (text(), json(depth: depth - 1)) }, uniquingKeysWith: { $1 }))
        }
    }
}
