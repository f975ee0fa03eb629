/// Cuts bytes that arrive in pieces into lines, as for newline-delimited JSON.
///
/// A line comes without its `\n` or `\r\n`; empty lines are lines. One longer than `maximumLength` comes in several parts.
package struct LineSplitter: Sendable {
    private let maximumLength: Int
    private var partial: [UInt8] = []

    package init(maximumLength: Int = 16 << 20) {
        self.maximumLength = Swift.max(1, maximumLength)
    }

    /// The lines completed by these bytes.
    package mutating func feed(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            partial += rest[..<end]
            rest = rest[(end + 1)...]
            if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
            cut(into: &lines)
            lines.append(partial)
            partial = []
        }
        partial += rest
        cut(into: &lines)
        return lines
    }

    /// The last line when it had no end, nil when there is none.
    package mutating func finish() -> [UInt8]? {
        defer { partial = [] }
        return partial.isEmpty ? nil : partial
    }

    private mutating func cut(into lines: inout [[UInt8]]) {
        while partial.count > maximumLength {
            lines.append(Array(partial[..<maximumLength]))
            partial.removeFirst(maximumLength)
        }
    }
}
