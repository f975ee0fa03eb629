import Glibc
import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

/// What comes over the wire that no browser would send.
@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    /// What no route sees.
    enum Nonsense: String, CaseIterable {
        case words, method, length, negative, chunk, head, field, target

        var text: String {
            switch self {
            case .words: "nonsense\r\n\r\n"
            case .method: "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"
            case .length: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n"
            case .negative: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"
            case .chunk: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            case .head: "GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n"
            case .field: "GET / HTTP/1.1\r\nno colon\r\n\r\n"
            case .target: "GET \u{1} HTTP/1.1\r\nHost: h\r\n\r\n"
            }
        }
    }

    @Test("what is no request is refused, and the next one is served", arguments: Nonsense.allCases)
    func refused(nonsense: Nonsense) async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let connection = try page.wire.connect(nonsense.text)
            let answer = await Wire.read(connection, until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
            close(connection)
            #expect(try await page.wire.request("GET", "/", page.cookie).status == 200)
        }
    }

    @Test("one connection carries many requests, sent one after the other or at once")
    func keepsAlive() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let request = page.wire.head("GET", "/assets/icon.svg", page.cookie, body: "")
            let last = page.wire.head("GET", "/assets/icon.svg", page.cookie.merging(["Connection": "close"]) { $1 }, body: "")
            let connection = try page.wire.connect(request)
            await Wire.read(connection, until: "</svg>")
            try Wire.send(request + last, to: connection)
            #expect(await Wire.read(connection).ranges(of: "</svg>").count == 2)
            close(connection)
        }
    }

    @Test("who asks on and on and does not read is not listened to for ever")
    func flood() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let request = page.wire.head("GET", "/assets/page.js", page.cookie, body: "")
            let connection = try page.wire.connect(request, receiveBuffer: 32_768)
            defer { close(connection) }
            // What the server has room for and the system's buffers are far less than this.
            let sent = await Wire.flood(connection, with: String(repeating: request, count: 100), upTo: 64 << 20)
            #expect(sent < 64 << 20, "the server took everything")
            #expect(try await page.wire.request("GET", "/", page.cookie).status == 200)
        }
    }

    @Test("a stranger's long body is not kept, and its sender is told at once")
    func strangers() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let head = page.wire.head("POST", "/api/v1/messages", ["Content-Length": "1000000000"], body: "")
            let connection = try page.wire.connect(head)
            let answer = await Wire.read(connection, until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 403 "), "\(answer)")
            close(connection)
        }
    }

    @Test("who closes their own side still gets the whole answer")
    func halfClosed() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let request = page.wire.head("GET", "/assets/page.js", page.cookie.merging(["Connection": "close"]) { $1 }, body: "")
            let connection = try page.wire.connect(request)
            shutdown(connection, Int32(SHUT_WR))
            let answer = await Wire.read(connection)
            close(connection)
            #expect(answer.hasSuffix(Assets.script))
        }
    }

    @Test("many connections are served at once")
    func many() async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await page.wire.request("GET", "/assets/icon.svg", page.cookie).body == Assets.icon }
                }
                return try await group.reduce(into: 0) { count, isRight in count += isRight ? 1 : 0 }
            }
            #expect(right == 100)
        }
    }

    @Test("a reader of the stream that goes away is noticed without a word more to say")
    func gone() async throws {
        let workspace = FakeWorkspace()
        try await RunningPage.serve(workspace) { page in
            let connection = try page.wire.connect(page.wire.head("GET", "/api/v1/events", page.cookie, body: ""))
            await Wire.read(connection, until: "retry: 1000\n")
            #expect(workspace.bus.subscriptionCount == 1)
            close(connection)
            while workspace.bus.subscriptionCount > 0 { await Task.yield() }
        }
    }
}
