/// The first and the last bytes of a stream, within a limit.
struct HeadAndTail: Sendable {
    private let headLimit: Int
    private let tailLimit: Int
    private var head: [UInt8] = []
    /// Up to twice its limit, so that trimming costs little.
    private var tail: [UInt8] = []
    private var total = 0

    init(limit: Int) {
        headLimit = max(0, limit) / 2
        tailLimit = max(0, limit) - headLimit
    }

    mutating func append(_ bytes: [UInt8]) {
        total += bytes.count
        let toHead = min(headLimit - head.count, bytes.count)
        head += bytes[..<toHead]
        tail += bytes[toHead...]
        if tail.count > 2 * tailLimit { tail.removeFirst(tail.count - tailLimit) }
    }

    /// Whether nothing would be missing after so many bytes more.
    func hasRoom(for count: Int) -> Bool { total + count <= headLimit + tailLimit }

    /// What was appended until now, as long as nothing is missing.
    var whole: [UInt8] { head + tail }

    var captured: CapturedOutput { CapturedOutput(head, tail: Array(tail.suffix(tailLimit)), total: total) }
}
