import LoomSystem
import Testing

@Suite struct ServerSentEventsTests {
    typealias Event = ServerSentEvents.Event

    @Test(
        arguments: [
            // The examples of the standard.
            ("data: YHOO\ndata: +2\ndata: 10\n\n", [Event(data: "YHOO\n+2\n10")]),
            (
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
                [Event(data: "first event", id: "1"), Event(data: "second event")]
            ),
            ("data\n\ndata\ndata\n\ndata:", [Event(data: ""), Event(data: "\n")]),
            ("data:test\n\ndata: test\n\n", [Event(data: "test"), Event(data: "test")]),
            // Line ends of all kinds, and mixed.
            ("data:a\r\n\r\ndata:b\r\rdata:c\n\n", [Event(data: "a"), Event(data: "b"), Event(data: "c")]),
            ("data:a\r\ndata:b\rdata:c\n\r\n", [Event(data: "a\nb\nc")]),
            // Fields.
            ("\u{FEFF}event: add\ndata: 1\n\ndata: 2\n\n", [Event(type: "add", data: "1"), Event(data: "2")]),
            ("data: \u{FEFF}1\n\n\u{FEFF}data: 2\n\n", [Event(data: "\u{FEFF}1")]),
            (
                "id: 7\ndata: a\n\ndata: b\n\nid: x\0y\ndata: c\n\n",
                [Event(data: "a", id: "7"), Event(data: "b", id: "7"), Event(data: "c", id: "7")]
            ),
            ("event: only\n\ndata: x\n\n", [Event(data: "x")]),
            ("event:\ndata: x\n\n", [Event(data: "x")]),
            ("Data: no\n data: no\nunknown: x\ndata: é 猫 🐈\n\n", [Event(data: "é 猫 🐈")]),
            ("data: a:b: c\n\n", [Event(data: "a:b: c")]),
            ("data: never finished\n", []), ("", []), ("\n\n\n", []), (":\n\n", []),
        ] as [(String, [Event])])
    func `a stream gives its events wherever it is cut`(text: String, expected: [Event]) throws {
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = ServerSentEvents()
                let events = try [bytes[..<first], bytes[first..<second], bytes[second...]].flatMap { try parser.feed(Array($0)) }
                #expect(events == expected, "cut at \(first) and \(second)")
            }
        }
        var parser = ServerSentEvents()
        #expect(try bytes.flatMap { try parser.feed([$0]) } == expected, "byte by byte")
    }

    @Test func `random streams cut at random give the same events`() throws {
        let seeded = Seeded()
        let parts = ["data: x", "data", "event: e", "id: 1", ":c", "\n", "\r", "\r\n", "\n\n", "é", "🐈", "\u{FEFF}", " ", "retry: 5"]
        for _ in 0..<500 {
            let bytes = (0..<seeded.number(0...30)).flatMap { _ in Array(parts[seeded.number(0...parts.count - 1)].utf8) }
            var whole = ServerSentEvents()
            let expected = try whole.feed(bytes)
            var parser = ServerSentEvents()
            var events: [Event] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(seeded.number(1...7))
                events += try parser.feed(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(events == expected, seeded.comment)
        }
    }

    @Test(arguments: [
        ("retry: 1500\n", 1_500), ("retry: 1s\n", nil), ("retry:\n", nil), ("retry: -1\n", nil), ("retry: 99999999999999999999\n", nil),
    ])
    func `the time to reconnect is a plain number`(text: String, expected: Int?) throws {
        var parser = ServerSentEvents()
        _ = try parser.feed(Array(text.utf8))
        #expect(parser.retryMilliseconds == expected)
    }

    @Test func `an event too large ends the stream`() {
        var oneLine = ServerSentEvents(limit: 20)
        #expect(throws: ServerSentEvents.TooLarge(limit: 20)) { try oneLine.feed(Array("data: 0123456789012345".utf8)) }
        var manyLines = ServerSentEvents(limit: 20)
        #expect(throws: ServerSentEvents.TooLarge.self) { for _ in 0..<10 { _ = try manyLines.feed(Array("data: 012345\n".utf8)) } }
        var manyEvents = ServerSentEvents(limit: 20)
        #expect(throws: Never.self) { for _ in 0..<10 { _ = try manyEvents.feed(Array("data: 012345\n\n".utf8)) } }
    }
}
