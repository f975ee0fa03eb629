/// Parses `text/event-stream` as the WHATWG HTML standard has it, from pieces cut anywhere.
package struct ServerSentEvents: Sendable {
    package struct Event: Sendable, Hashable {
        /// `message` when the stream does not say.
        package var type: String
        package var data: String
        /// The last id the stream gave, with this event or an earlier one; empty when it gave none.
        package var id: String

        package init(type: String = "message", data: String, id: String = "") {
            self.type = type
            self.data = data
            self.id = id
        }
    }

    /// An event grew beyond the limit; the stream can't be read on.
    package struct TooLarge: Error, Hashable, CustomStringConvertible {
        package let limit: Int

        package init(limit: Int) {
            self.limit = limit
        }

        package var description: String { "An event of the stream is larger than \(limit) bytes." }
    }

    /// How long the server asks to wait before connecting again, in milliseconds.
    package private(set) var retryMilliseconds: Int?
    private let limit: Int
    private var line: [UInt8] = []
    private var isFirstLine = true
    private var skipsLineFeed = false
    private var type = ""
    private var data: [UInt8] = []
    private var id = ""

    /// - Parameter limit: The most bytes of one line, and of one event's data.
    package init(limit: Int = 16 << 20) {
        self.limit = limit
    }

    /// The events completed by these bytes: the blank line after an event completes it.
    package mutating func feed(_ bytes: [UInt8]) throws(TooLarge) -> [Event] {
        var events: [Event] = []
        var rest = bytes[...]
        if skipsLineFeed, let first = rest.first {
            skipsLineFeed = false
            if first == UInt8(ascii: "\n") { rest.removeFirst() }
        }
        while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            try extendLine(rest[..<end])
            let isReturn = rest[end] == UInt8(ascii: "\r")
            rest = rest[(end + 1)...]
            if isReturn {
                // The \n of a \r\n may come with the next piece.
                if rest.isEmpty { skipsLineFeed = true } else if rest.first == UInt8(ascii: "\n") { rest.removeFirst() }
            }
            if let event = try endLine() { events.append(event) }
        }
        try extendLine(rest)
        return events
    }

    /// The event that lacked its blank line, at a clean end of the body: several servers end so, and the standard would drop it. Nil when
    /// there is none, or when a line was begun and not ended: then nobody knows whether the event is whole. Not to be asked after a cut.
    package mutating func finish() -> Event? {
        line.isEmpty ? dispatch() : nil
    }

    private mutating func extendLine(_ bytes: ArraySlice<UInt8>) throws(TooLarge) {
        guard line.count + bytes.count <= limit else { throw TooLarge(limit: limit) }
        line += bytes
    }

    private mutating func endLine() throws(TooLarge) -> Event? {
        defer { line = [] }
        var whole = line[...]
        if isFirstLine {
            isFirstLine = false
            if whole.starts(with: [0xEF, 0xBB, 0xBF]) { whole = whole.dropFirst(3) }
        }
        if whole.isEmpty { return dispatch() }
        guard let colon = whole.firstIndex(of: UInt8(ascii: ":")) else {
            try field(whole, value: [])
            return nil
        }
        // A line that starts with a colon is a comment.
        if colon == whole.startIndex { return nil }
        var value = whole[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        try field(whole[..<colon], value: value)
        return nil
    }

    private mutating func field(_ name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(TooLarge) {
        switch String(decoding: name, as: UTF8.self) {
        case "event": type = String(decoding: value, as: UTF8.self)
        case "data":
            guard data.count + value.count < limit else { throw TooLarge(limit: limit) }
            data += value
            data.append(UInt8(ascii: "\n"))
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry":
            let isNumber = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber, let number = Int(String(decoding: value, as: UTF8.self)) { retryMilliseconds = number }
        default: break
        }
    }

    private mutating func dispatch() -> Event? {
        defer {
            type = ""
            data = []
        }
        guard !data.isEmpty else { return nil }
        return Event(type: type.isEmpty ? "message" : type, data: String(decoding: data.dropLast(), as: UTF8.self), id: id)
    }
}
