import Glibc
import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

@Suite struct EventStreamTests {
    /// Takes the events of a stream apart.
    struct Reader {
        private var pieces: AsyncStream<String>.Iterator
        private var text = ""

        init(_ stream: AsyncStream<String>) { self.pieces = stream.makeAsyncIterator() }

        /// The next event or comment, without the framing of chunks; nil when the server ended the stream.
        mutating func next() async -> String? {
            while true {
                if let end = self.text.firstRange(of: "\n\n") {
                    let event = String(self.text[..<end.lowerBound])
                    self.text = String(self.text[end.upperBound...])
                    // A chunk's size stands in lines of its own.
                    return event.split(separator: "\r\n").last.map(String.init) ?? event
                }
                guard let piece = await self.pieces.next() else { return nil }
                self.text += piece
            }
        }

        /// The ids of the next events.
        mutating func ids(_ count: Int) async -> [Int64] {
            var ids: [Int64] = []
            while ids.count < count, let event = await self.next() {
                if event.hasPrefix("id: "), let id = Int64(event.dropFirst(4).prefix { $0 != "\n" }) { ids.append(id) }
            }
            return ids
        }
    }

    static func emit(_ count: Int, to workspace: FakeWorkspace) async throws {
        for number in 0..<count { try await workspace.emit(Notice(level: "info", text: "number \(number)")) }
    }

    @Test("a reader gets what the log holds and then what happens, once each and in order")
    func resumes() async throws {
        let workspace = FakeWorkspace()
        try await Self.emit(1_200, to: workspace)
        try await RunningPage.serve(workspace) { page in
            async let more: Void = Self.emit(300, to: workspace)
            var reader = Reader(try page.wire.stream("/api/v1/events?after=10", page.cookie))
            let ids = await reader.ids(1_490)
            try await more
            #expect(ids == Array(11...1_500))
        }
    }

    @Test("the last id that the browser saw counts more than the address")
    func lastEventID() async throws {
        let workspace = FakeWorkspace()
        try await Self.emit(20, to: workspace)
        try await RunningPage.serve(workspace) { page in
            let headers = page.cookie.merging(["Last-Event-ID": "15"]) { $1 }
            var reader = Reader(try page.wire.stream("/api/v1/events?after=3", headers))
            #expect(await reader.ids(5) == Array(16...20))
        }
    }

    @Test("without a number, or with one of another log, the stream begins with what happens next", arguments: ["", "?after=9000"])
    func fresh(_ query: String) async throws {
        let workspace = FakeWorkspace()
        try await Self.emit(20, to: workspace)
        try await RunningPage.serve(workspace) { page in
            var reader = Reader(try page.wire.stream("/api/v1/events\(query)", page.cookie))
            #expect(await reader.next() == "retry: 1000")
            try await Self.emit(3, to: workspace)
            #expect(await reader.ids(3) == [21, 22, 23])
        }
    }

    @Test("a silent stream says that it is still there")
    func heartbeat() async throws {
        let clock = ManualClock()
        let workspace = FakeWorkspace(clock: clock)
        try await RunningPage.serve(workspace, heartbeat: .seconds(15)) { page in
            var reader = Reader(try page.wire.stream("/api/v1/events", page.cookie))
            #expect(await reader.next() == "retry: 1000")
            for _ in 0..<2 {
                await clock.waitForSleepers()
                clock.advance(by: .seconds(15))
                #expect(await reader.next() == ": still here")
            }
        }
    }

    @Test("streamed text passes without an id")
    func unkept() async throws {
        let workspace = FakeWorkspace()
        try await RunningPage.serve(workspace) { page in
            var reader = Reader(try page.wire.stream("/api/v1/events", page.cookie))
            #expect(await reader.next() == "retry: 1000")
            try await workspace.emit(AgentTextDelta(agent: "ada", text: "he", call: "m", attempt: 1))
            let event = try #require(await reader.next())
            #expect(event.hasPrefix("data: {"))
        }
    }

    @Test("a reader that is too slow is cut off, and misses nothing when it comes back")
    func slow() async throws {
        let workspace = FakeWorkspace()
        try await workspace.emit(Notice(level: "info", text: "first"))
        try await RunningPage.serve(workspace, capacity: 4) { page in
            let head = page.wire.head("GET", "/api/v1/events?after=0", page.cookie, body: "")
            let descriptor = try page.wire.connect(head, receiveBuffer: 32_768)
            // Once the log's only signal has come, all that follows comes by the queue.
            await Wire.read(descriptor, until: "id: 1\n")
            let long = String(repeating: "x", count: 200_000)
            for _ in 0..<50 { try await workspace.emit(Notice(level: "info", text: long)) }
            let rest = AsyncStream<String> { continuation in
                continuation.onTermination = { _ in shutdown(descriptor, Int32(SHUT_RDWR)) }
                Wire.drain(descriptor, into: continuation)
            }
            var first = Reader(rest)
            let before = await first.ids(50)
            #expect(before.count < 50, "the system's buffers took everything: nothing was slow")
            #expect(before == (0..<before.count).map { Int64($0 + 2) })
            var second = Reader(try page.wire.stream("/api/v1/events?after=\(before.last ?? 1)", page.cookie))
            try await workspace.emit(Notice(level: "info", text: "last"))
            #expect(before + (await second.ids(51 - before.count)) == Array(2...52))
        }
    }

    @Test("the page ends at once with its task, open streams or not")
    func ends() async throws {
        let workspace = FakeWorkspace()
        let stream = try await RunningPage.serve(workspace) { page in
            let stream = try page.wire.stream("/api/v1/events", page.cookie)
            var reader = Reader(stream)
            #expect(await reader.next() == "retry: 1000")
            return stream
        }
        // Serving has returned although nobody closed the stream; now the stream ends too.
        var reader = Reader(stream)
        #expect(await reader.next() == nil)
    }

    @Test("a taken port is passed over")
    func ports() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let second = StatusPage(workspace: FakeWorkspace(), port: page.wire.port, token: "t")
            let (addresses, ready) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await second.run { address, _ in ready.yield(address) } }
                var iterator = addresses.makeAsyncIterator()
                let address = try #require(await iterator.next())
                #expect(address.hasPrefix("http://127.0.0.1:"))
                #expect(!address.hasPrefix("http://127.0.0.1:\(page.wire.port)/"))
                group.cancelAll()
            }
        }
    }

    @Test("no port at all is one clear sentence")
    func noPorts() {
        let text = StatusPageError.portsTaken(4_200...4_220).description
        #expect(text.hasPrefix("The status page found ports 4200 to 4220 in use. Choose another first port with LOOMKIN_PORT"))
        #expect(!text.contains("\n"))
    }
}
