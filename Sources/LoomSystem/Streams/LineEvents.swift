/// Parses newline-delimited JSON from pieces cut anywhere: each line that is not blank is an event. What a line holds is not looked at.
package struct LineEvents: Sendable {
    private let limit: Int
    private var line: [UInt8] = []

    /// - Parameter limit: The most bytes of one line.
    package init(limit: Int = 16 << 20) {
        self.limit = limit
    }

    /// Adds the events of the lines that these bytes complete.
    package mutating func feed(_ bytes: [UInt8], into events: inout [ServerSentEvents.Event]) throws(FramingError) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try extend(rest[..<end])
            rest = rest[(end + 1)...]
            if let event = take() { events.append(event) }
        }
        try extend(rest)
    }

    /// The last line, which needs no end where the body has a clean one.
    package mutating func finish() -> ServerSentEvents.Event? { take() }

    private mutating func extend(_ bytes: ArraySlice<UInt8>) throws(FramingError) {
        guard line.count + bytes.count <= limit else { throw .tooLarge(limit: limit) }
        line += bytes
    }

    private mutating func take() -> ServerSentEvents.Event? {
        defer { line = [] }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard line.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return nil }
        return ServerSentEvents.Event(data: String(decoding: line, as: UTF8.self))
    }
}
