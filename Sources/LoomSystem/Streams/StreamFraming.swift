/// How a body is cut into events.
package enum StreamFraming: Sendable, Hashable {
    case serverSentEvents
    /// Newline-delimited JSON: each line is an event.
    case lines
    /// `application/vnd.amazon.eventstream`.
    case amazon

    /// As a response's `content-type` says. What is none of the others is read as server-sent events: many servers name them wrongly
    /// or not at all.
    package init(contentType: String?) {
        switch contentType?.prefix(while: { $0 != ";" }).filter({ !$0.isWhitespace }).lowercased() {
        case "application/x-ndjson", "application/ndjson", "application/jsonl": self = .lines
        case "application/vnd.amazon.eventstream": self = .amazon
        default: self = .serverSentEvents
        }
    }
}

/// Why a stream can't be read on.
package enum FramingError: Error, Hashable, CustomStringConvertible {
    /// An event grew beyond so many bytes.
    case tooLarge(limit: Int)
    /// What is wrong with it, as the end of a sentence.
    case damaged(String)

    package var description: String {
        switch self {
        case .tooLarge(let limit): "An event of the stream is larger than \(limit) bytes."
        case .damaged(let reason): "The stream is damaged: \(reason)."
        }
    }
}

/// Reads events from bytes cut anywhere, in one of the framings.
package enum EventParser: Sendable {
    case serverSentEvents(ServerSentEvents)
    case lines(LineEvents)
    case amazon(AmazonEventStream)

    /// - Parameter limit: The most bytes of one event.
    package init(_ framing: StreamFraming, limit: Int = 16 << 20) {
        switch framing {
        case .serverSentEvents: self = .serverSentEvents(ServerSentEvents(limit: limit))
        case .lines: self = .lines(LineEvents(limit: limit))
        case .amazon: self = .amazon(AmazonEventStream(limit: limit))
        }
    }

    /// Adds the events completed by these bytes, also those before the place where it throws.
    package mutating func feed(_ bytes: [UInt8], into events: inout [ServerSentEvents.Event]) throws(FramingError) {
        switch self {
        case .serverSentEvents(var parser):
            defer { self = .serverSentEvents(parser) }
            do throws(ServerSentEvents.TooLarge) {
                events += try parser.feed(bytes)
            } catch {
                throw .tooLarge(limit: error.limit)
            }
        case .lines(var parser):
            defer { self = .lines(parser) }
            try parser.feed(bytes, into: &events)
        case .amazon(var parser):
            defer { self = .amazon(parser) }
            try parser.feed(bytes, into: &events)
        }
    }

    /// The event that a clean end of the body completes. Not to be asked after a cut.
    package mutating func finish() throws(FramingError) -> ServerSentEvents.Event? {
        switch self {
        case .serverSentEvents(var parser):
            defer { self = .serverSentEvents(parser) }
            return parser.finish()
        case .lines(var parser):
            defer { self = .lines(parser) }
            return parser.finish()
        case .amazon(let parser):
            try parser.finish()
            return nil
        }
    }
}
