import LoomSystem
import Testing

@Suite struct StreamFramingTests {
    typealias Event = ServerSentEvents.Event

    /// What a clean body of these pieces gives, and how it ends.
    private func read(_ framing: StreamFraming, _ pieces: [[UInt8]], limit: Int = 16 << 20) -> (events: [Event], error: FramingError?) {
        var parser = EventParser(framing, limit: limit)
        var events: [Event] = []
        do throws(FramingError) {
            for piece in pieces { try parser.feed(piece, into: &events) }
            if let last = try parser.finish() { events.append(last) }
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    @Test(
        arguments: [
            ("text/event-stream", .serverSentEvents), (nil, .serverSentEvents), ("", .serverSentEvents), ("text/plain", .serverSentEvents),
            ("application/json", .serverSentEvents), ("application/x-ndjson", .lines), ("Application/NDJSON; charset=utf-8", .lines),
            ("application/jsonl", .lines), (" application/vnd.amazon.eventstream ", .amazon), (";", .serverSentEvents),
        ] as [(String?, StreamFraming)])
    func `the content type names the framing`(type: String?, framing: StreamFraming) {
        #expect(StreamFraming(contentType: type) == framing)
    }

    @Test(arguments: RecordedStreams.all)
    func `a recorded stream gives its events wherever it is cut`(recording: RecordedStreams.Recording) {
        let bytes = recording.bytes
        let whole = read(recording.framing, [bytes])
        #expect(whole.error == nil)
        #expect(whole.events.count == recording.events)
        for cut in 0...bytes.count {
            let split = read(recording.framing, [Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(split.events == whole.events && split.error == nil, "cut at \(cut)")
        }
        let seeded = Seeded()
        for _ in 0..<50 {
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            let most = seeded.number(1...200)
            while !rest.isEmpty {
                pieces.append(Array(rest.prefix(seeded.number(0...most))))
                rest = rest.dropFirst(pieces.last?.count ?? 0)
            }
            let split = read(recording.framing, pieces)
            #expect(split.events == whole.events && split.error == nil, seeded.comment)
        }
    }

    @Test(arguments: RecordedStreams.all)
    func `a stream that is cut gives the events before the cut`(recording: RecordedStreams.Recording) {
        let whole = read(recording.framing, [recording.bytes]).events
        for count in 0..<recording.bytes.count {
            var parser = EventParser(recording.framing)
            var events: [Event] = []
            #expect(throws: Never.self) { try parser.feed(Array(recording.bytes[..<count]), into: &events) }
            #expect(Array(whole.prefix(events.count)) == events, "cut at \(count)")
            #expect(events.count < whole.count || count >= recording.bytes.count - 1)
        }
    }

    @Test(arguments: RecordedStreams.all)
    func `damage never crashes the parser, and Amazon's checksums find it`(recording: RecordedStreams.Recording) {
        let whole = read(recording.framing, [recording.bytes]).events
        let seeded = Seeded()
        for _ in 0..<300 {
            var bytes = recording.bytes
            bytes[seeded.number(0...bytes.count - 1)] ^= UInt8(1 << seeded.number(0...7))
            let damaged = read(recording.framing, [bytes])
            if recording.framing == .amazon {
                #expect(damaged.error != nil, seeded.comment)
                #expect(Array(whole.prefix(damaged.events.count)) == damaged.events, seeded.comment)
            }
            _ = read(recording.framing, [seeded.bytes(upTo: 300)])
        }
    }

    // MARK: Lines

    @Test(
        arguments: [
            ("", []), ("\n\n", []), (" \t\r\n", []), ("{}\n", ["{}"]), ("{}", ["{}"]), ("1\r\n2\n\n3", ["1", "2", "3"]),
            (" {\"a\": 1} \n", [" {\"a\": 1} "]), ("\"\u{2028}\"\n", ["\"\u{2028}\""]),
        ] as [(String, [String])])
    func `each line that is not blank is an event`(text: String, lines: [String]) {
        let result = read(.lines, [Array(text.utf8)])
        #expect(result.events == lines.map { Event(data: $0) })
        #expect(result.error == nil)
    }

    @Test func `a line too long ends the stream after the lines before it`() {
        let result = read(.lines, [Array("12345\n1234567890\n1\n".utf8)], limit: 9)
        #expect(result.events == [Event(data: "12345")])
        #expect(result.error == .tooLarge(limit: 9))
        #expect(read(.lines, [Array("12345".utf8), Array("67890".utf8)], limit: 9).error == .tooLarge(limit: 9))
    }

    // MARK: Amazon's

    @Test(arguments: [
        // From the test vectors of Amazon's own libraries.
        ("00000010" + "00000000" + "05c248eb" + "7d98c8ff", ""),
        ("0000001d" + "00000000" + "fd528c5a" + "7b27666f6f273a27626172277d" + "c3653936", "{'foo':'bar'}"),
        (
            "0000003d" + "00000020" + "07fd8396" + "0c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e"
                + "7b27666f6f273a27626172277d" + "8d9c08b1", "{'foo':'bar'}"
        ),
        (
            "0000002d" + "00000010" + "41c424b8" + "0a6576656e742d74797065040000a00c" + "7b27666f6f273a27626172277d" + "36f480a0",
            "{'foo':'bar'}"
        ),
    ])
    func `Amazon's test vectors are read`(hex: String, payload: String) {
        let result = read(.amazon, [bytes(hex)])
        #expect(result.events == [Event(data: payload)])
        #expect(result.error == nil)
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    @Test func `headers of every type are passed over`() {
        let headers =
            AmazonMessage.header("t", type: 0, []) + AmazonMessage.header("f", type: 1, []) + AmazonMessage.header("b", type: 2, [1])
            + AmazonMessage.header("s", type: 3, [1, 2]) + AmazonMessage.header("i", type: 4, [1, 2, 3, 4])
            + AmazonMessage.header("l", type: 5, [UInt8](repeating: 9, count: 8)) + AmazonMessage.header("a", type: 6, [0, 2, 7, 7])
            + AmazonMessage.header("d", type: 8, [UInt8](repeating: 9, count: 8))
            + AmazonMessage.header("u", type: 9, [UInt8](repeating: 9, count: 16)) + AmazonMessage.text(":event-type", "x")
        #expect(read(.amazon, [AmazonMessage.message(headers, "{}")]).events == [Event(type: "x", data: "{}")])
    }

    @Test(arguments: [
        (AmazonMessage.exception("validationException", "{\"message\":\"no \\\"x\\\"\"}"), "validationException", "no \"x\""),
        (AmazonMessage.exception("internalServerException", "{\"Message\":\"oops\"}"), "internalServerException", "oops"),
        (AmazonMessage.exception("odd", "plain"), "odd", "plain"),
        (
            AmazonMessage.message(
                AmazonMessage.text(":message-type", "error") + AmazonMessage.text(":error-code", "InternalError")
                    + AmazonMessage.text(":error-message", "gone"), ""), "InternalError", "gone"
        ),
    ])
    func `an exception is an event that says its type and message`(bytes: [UInt8], type: String, message: String) throws {
        let event = try #require(read(.amazon, [bytes]).events.first)
        #expect(event.type == "exception")
        #expect(try JSON.parse(event.data) == ["type": .string(type), "message": .string(message)])
    }

    @Test(arguments: [
        (AmazonMessage.message([], "x", total: 15), FramingError.damaged("a message gives lengths that do not fit together")),
        (AmazonMessage.message([], "x", headersSize: 2), .damaged("a message gives lengths that do not fit together")),
        (
            AmazonMessage.message([], "", total: 1_000_000, headersSize: 500_000),
            .damaged("a message gives lengths that do not fit together")
        ),
        (AmazonMessage.message([], "", total: 2_000_000), .tooLarge(limit: 1_000_000)),
        (AmazonMessage.message(AmazonMessage.header("x", type: 10, []), ""), .damaged("a header is of the unknown type 10")),
        (AmazonMessage.message([5, 65], ""), .damaged("a header is longer than the headers are")),
        (AmazonMessage.message(AmazonMessage.header("x", type: 7, [9, 9]), ""), .damaged("a header is longer than the headers are")),
        (Array(AmazonMessage.event("a", "{}").dropLast()), .damaged("it ends in the middle of a message")),
        (Array("HTTP/1.1 200 OK\r\n".utf8), .damaged("the checksum of a message's beginning is wrong")),
    ])
    func `what is no message is named, after the messages before it`(bytes: [UInt8], error: FramingError) {
        let result = read(.amazon, [AmazonMessage.event("a", "{}") + bytes], limit: 1_000_000)
        #expect(result.events == [Event(type: "a", data: "{}")])
        #expect(result.error == error)
    }

    // MARK: Bodies

    @Test(
        arguments: [
            ("data: a\n\ndata: b\n", nil, ["a", "b"]), ("data: a\n\ndata: b", nil, ["a"]), ("data: b\ndata: c\nda", nil, []),
            ("data: a\n\ndata: b\n", .cut, ["a"]), ("event: x\n", nil, []),
        ] as [(String, HTTPError.Reason?, [String])])
    func `an event without its blank line counts at a clean end, and not after a cut`(
        text: String, end: HTTPError.Reason?, expected: [String]
    ) async throws {
        let body = ScriptedBody()
        body.send(text)
        body.finish(end)
        var data: [String] = []
        do {
            for try await event in body.body.events() { data.append(event.data) }
            #expect(end == nil)
        } catch {
            #expect(error.reason == end)
        }
        #expect(data == expected)
    }

    @Test func `a cut connection completes no line`() async throws {
        let body = ScriptedBody()
        body.send("{\"a\":1}\n{\"b\":2}")
        body.finish(.cut)
        var iterator = body.body.events(.lines).makeAsyncIterator()
        #expect(try await iterator.next() == Event(data: "{\"a\":1}"))
        await #expect(throws: HTTPError(.cut, host: "scripted")) { try await iterator.next() }
    }

    @Test func `a damaged body gives what came before the damage, then says so`() async throws {
        let response = HTTPResponse(
            status: 200, headers: ["content-type": "application/vnd.amazon.eventstream"],
            body: HTTPBody(AmazonMessage.event("a", "{}") + [UInt8](repeating: 7, count: 20)))
        var iterator = response.body.events(response.framing).makeAsyncIterator()
        #expect(try await iterator.next() == Event(type: "a", data: "{}"))
        let error = await #expect(throws: HTTPError.self) { try await iterator.next() }
        #expect(error?.description == "The server sent a stream that is damaged: the checksum of a message's beginning is wrong.")
    }
}
