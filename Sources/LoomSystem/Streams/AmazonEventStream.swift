/// Parses `application/vnd.amazon.eventstream` from pieces cut anywhere: binary messages, each with headers, a payload and two checksums
/// (https://smithy.io/2.0/aws/amazon-eventstream.html).
package struct AmazonEventStream: Sendable {
    /// Lengths of message and headers, and their checksum.
    static let preludeSize = 12
    static let checksumSize = 4
    /// The format's own bound.
    private static let headersLimit = 128 << 10

    private let limit: Int
    private var buffer: [UInt8] = []

    /// - Parameter limit: The most bytes of one message.
    package init(limit: Int = 16 << 20) {
        self.limit = limit
    }

    /// Adds the events of the messages that these bytes complete.
    package mutating func feed(_ bytes: [UInt8], into events: inout [ServerSentEvents.Event]) throws(FramingError) {
        try read(bytes) { (headers, payload) throws(FramingError) in
            events.append(Self.event(try Self.headers(headers), payload: payload))
        }
    }

    /// Headers and payload of each message that these bytes complete.
    mutating func read(
        _ bytes: [UInt8], _ found: (ArraySlice<UInt8>, ArraySlice<UInt8>) throws(FramingError) -> Void
    ) throws(FramingError) {
        buffer += bytes
        var start = 0
        defer { buffer.removeFirst(start) }
        while buffer.count - start >= Self.preludeSize {
            let (total, headers) = try prelude(at: start)
            guard buffer.count - start >= total else { return }
            let end = start + total - Self.checksumSize
            guard Hash.crc32(buffer[start..<end]) == Self.number(buffer[end..<(end + 4)]) else {
                throw .damaged("the checksum of a message is wrong")
            }
            let payload = start + Self.preludeSize + headers
            try found(buffer[(start + Self.preludeSize)..<payload], buffer[payload..<end])
            start += total
        }
    }

    package func finish() throws(FramingError) {
        if !buffer.isEmpty { throw .damaged("it ends in the middle of a message") }
    }

    private func prelude(at start: Int) throws(FramingError) -> (total: Int, headers: Int) {
        // First the checksum: a damaged length would have us wait for bytes that never come.
        guard Hash.crc32(buffer[start..<(start + 8)]) == Self.number(buffer[(start + 8)..<(start + 12)]) else {
            throw .damaged("the checksum of a message's beginning is wrong")
        }
        let total = Int(Self.number(buffer[start..<(start + 4)]))
        let headers = Int(Self.number(buffer[(start + 4)..<(start + 8)]))
        guard total <= limit else { throw .tooLarge(limit: limit) }
        guard headers <= Self.headersLimit, headers + Self.preludeSize + Self.checksumSize <= total else {
            throw .damaged("a message gives lengths that do not fit together")
        }
        return (total, headers)
    }

    /// Those that are texts; the others say nothing that a model's answer needs.
    private static func headers(_ bytes: ArraySlice<UInt8>) throws(FramingError) -> [String: String] {
        var reader = HeaderReader(rest: bytes)
        var headers: [String: String] = [:]
        while !reader.rest.isEmpty {
            let (name, text) = try reader.header()
            if let text { headers[String(decoding: name, as: UTF8.self)] = String(decoding: text, as: UTF8.self) }
        }
        return headers
    }

    struct HeaderReader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ count: Int) throws(FramingError) -> ArraySlice<UInt8> {
            guard rest.count >= count else { throw .damaged("a header is longer than the headers are") }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        /// A name, and a value that is a text.
        mutating func header() throws(FramingError) -> (name: ArraySlice<UInt8>, text: ArraySlice<UInt8>?) {
            let name = try take(Int(try number(1)))
            switch try number(1) {
            // true, false
            case 0, 1: break
            // Integers of 8, 16, 32 and 64 bits, a time, a UUID.
            case 2: _ = try take(1)
            case 3: _ = try take(2)
            case 4: _ = try take(4)
            case 5, 8: _ = try take(8)
            case 9: _ = try take(16)
            case 6: _ = try take(Int(try number(2)))
            case 7: return (name, try take(Int(try number(2))))
            case let type: throw .damaged("a header is of the unknown type \(type)")
            }
            return (name, nil)
        }

        mutating func number(_ size: Int) throws(FramingError) -> UInt32 { AmazonEventStream.number(try take(size)) }
    }

    /// Big-endian.
    fileprivate static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    private static func event(_ headers: [String: String], payload: ArraySlice<UInt8>) -> ServerSentEvents.Event {
        let text = String(decoding: payload, as: UTF8.self)
        switch headers[":message-type"] {
        case "exception":
            let said = try? JSON.parse(text)
            let message = (said?["message"] ?? said?["Message"])?.stringValue ?? (said == nil ? text : "")
            return exception(headers[":exception-type"], message)
        case "error":
            return exception(headers[":error-code"], headers[":error-message"] ?? "")
        default:
            return ServerSentEvents.Event(type: headers[":event-type"] ?? "message", data: text)
        }
    }

    private static func exception(_ type: String?, _ message: String) -> ServerSentEvents.Event {
        let data: JSON = ["type": .string(type ?? ""), "message": .string(message)]
        return ServerSentEvents.Event(type: "exception", data: data.text())
    }
}
