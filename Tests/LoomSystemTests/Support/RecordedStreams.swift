import LoomSystem
import Testing

/// Answers as model servers send them, one for each framing and ending.
enum RecordedStreams {
    struct Recording: Sendable, CustomTestStringConvertible {
        let name: String
        let framing: StreamFraming
        let bytes: [UInt8]
        let events: Int

        var testDescription: String { name }
    }

    static let all: [Recording] = [
        Recording(name: "chat completions", framing: .serverSentEvents, bytes: Array(completions.utf8), events: 4),
        Recording(
            name: "messages with pings and returns", framing: .serverSentEvents,
            bytes: Array(messages.replacing("\n", with: "\r\n").utf8), events: 5),
        Recording(name: "a stream without its last blank line", framing: .serverSentEvents, bytes: Array(abrupt.utf8), events: 2),
        Recording(name: "lines of a local server", framing: .lines, bytes: Array(lines.utf8), events: 3),
        Recording(
            name: "lines with returns and blanks", framing: .lines, bytes: Array("{\"a\":1}\r\n\r\n \n{\"b\":\"é🐈\"}".utf8), events: 2),
        Recording(name: "messages of Amazon's", framing: .amazon, bytes: converse, events: 6),
    ]

    private static let completions = """
        data: {"id":"c-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"id":"c-1","choices":[{"index":0,"delta":{"content":"Grüße 🐈"},"finish_reason":null}]}

        data: {"id":"c-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}

        data: [DONE]


        """

    private static let messages = """
        : open
        event: message_start
        data: {"type":"message_start","message":{"id":"m1","usage":{"input_tokens":25,"output_tokens":1}}}

        event: ping
        data: {"type": "ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,
        data: "delta":{"type":"text_delta","text":"Hello"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

        event: message_stop
        data: {"type":"message_stop"}


        """

    private static let abrupt = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n"

    private static let lines = """
        {"model":"m","message":{"role":"assistant","content":"Hel"},"done":false}
        {"model":"m","message":{"role":"assistant","content":"lo"},"done":false}
        {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":2}

        """

    private static let converse: [UInt8] =
        [
            ("messageStart", "{\"role\":\"assistant\"}"),
            ("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Grüße\"},\"p\":\"abcdefgh\"}"),
            ("contentBlockStop", "{\"contentBlockIndex\":0}"), ("messageStop", "{\"stopReason\":\"end_turn\"}"),
            ("metadata", "{\"usage\":{\"inputTokens\":9,\"outputTokens\":2,\"totalTokens\":11}}"),
        ].flatMap { AmazonMessage.event($0.0, $0.1) } + AmazonMessage.exception("throttlingException", "{\"message\":\"Too many tokens\"}")
}

/// Writes messages of Amazon's event streams.
enum AmazonMessage {
    static func event(_ type: String, _ payload: String) -> [UInt8] {
        message(text(":event-type", type) + text(":content-type", "application/json") + text(":message-type", "event"), payload)
    }

    static func exception(_ type: String, _ payload: String) -> [UInt8] {
        message(text(":exception-type", type) + text(":message-type", "exception"), payload)
    }

    static func text(_ name: String, _ value: String) -> [UInt8] {
        header(name, type: 7, [UInt8(value.utf8.count >> 8), UInt8(value.utf8.count & 255)] + Array(value.utf8))
    }

    static func header(_ name: String, type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + [type] + value
    }

    static func message(_ headers: [UInt8], _ payload: String, total: Int? = nil, headersSize: Int? = nil) -> [UInt8] {
        var bytes = number(total ?? 16 + headers.count + payload.utf8.count) + number(headersSize ?? headers.count)
        bytes += number(Int(Hash.crc32(bytes)))
        bytes += headers + Array(payload.utf8)
        return bytes + number(Int(Hash.crc32(bytes)))
    }

    private static func number(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}
