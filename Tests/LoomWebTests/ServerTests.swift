import Glibc
import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomWeb

/// What comes over the wire that no browser would send.
@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    /// What no route sees, by somebody who may come in.
    enum Nonsense: String, CaseIterable {
        case words, method, length, negative, chunk, head, field, target

        func text(_ page: RunningPage) -> String {
            let headers = "Host: 127.0.0.1:\(page.wire.port)\r\n\(page.bearer.map { "\($0): \($1)\r\n" }.joined())"
            let post = "POST /api/v1/pause HTTP/1.1\r\n\(headers)Content-Type: application/json\r\n"
            return switch self {
            case .words: "nonsense\r\n\r\n"
            case .method: "BREW / HTTP/1.1\r\n\(headers)\r\n"
            case .length: "\(post)Content-Length: 99999999999999999999\r\n\r\n{}"
            case .negative: "\(post)Content-Length: -1\r\n\r\n{}"
            case .chunk: "\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
            case .head: "GET / HTTP/1.1\r\n\(headers)X: \(String(repeating: "x", count: 200_000))\r\n\r\n"
            case .field: "GET / HTTP/1.1\r\n\(headers)no colon\r\n\r\n"
            case .target: "GET \u{1} HTTP/1.1\r\n\(headers)\r\n"
            }
        }
    }

    @Test("what is no request is refused, and the next one is served", arguments: Nonsense.allCases)
    func refused(nonsense: Nonsense) async throws {
        let workspace = FakeWorkspace()
        try await RunningPage.serve(workspace) { page in
            let connection = try page.wire.connect(nonsense.text(page))
            let answer = await Wire.read(connection)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            close(connection)
            #expect(try await page.wire.request("GET", "/", page.cookie).status == 200)
        }
        #expect(await workspace.commands.isEmpty)
    }

    @Test("who asks for the head gets no body, whatever the answer", arguments: ["/", "/nothing", "/api/v1/pause"])
    func head(_ path: String) async throws {
        try await RunningPage.serve(FakeWorkspace()) { page in
            let head = page.wire.head("HEAD", path, page.cookie.merging(["Connection": "close"]) { $1 }, body: "")
            let connection = try page.wire.connect(head)
            let answer = await Wire.read(connection)
            let length = answer.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
            #expect(length != nil && length != "content-length: 0", "\(answer)")
            #expect(answer.hasSuffix("\r\n\r\n"))
            close(connection)
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

    @Test("a stranger with a long body is told at once, and the body is not waited for")
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
            while workspace.bus.subscriptionCount > 0, !Task.isCancelled { await Task.yield() }
            #expect(workspace.bus.subscriptionCount == 0)
        }
    }

    @Test("a reader of the stream that takes nothing for a while is given up")
    func stalled() async throws {
        let workspace = FakeWorkspace()
        try await RunningPage.serve(workspace, patience: .milliseconds(50)) { page in
            let head = page.wire.head("GET", "/api/v1/events", page.cookie, body: "")
            let connection = try page.wire.connect(head, receiveBuffer: 32_768)
            await Wire.read(connection, until: "retry: 1000\n")
            // More than the system's buffers take, and fewer than may wait for a reader who is only slow.
            let long = String(repeating: "x", count: 500_000)
            for _ in 0..<40 { try await workspace.emit(Notice(level: "info", text: long)) }
            while workspace.bus.subscriptionCount > 0, !Task.isCancelled { await Task.yield() }
            #expect(workspace.bus.subscriptionCount == 0)
            close(connection)
        }
    }

    @Test("the page ends at once although somebody does not read", arguments: ["keep-alive", "close"])
    func endsUnread(_ connection: String) async throws {
        let workspace = FakeWorkspace()
        for _ in 0..<20 { try await workspace.emit(Notice(level: "info", text: String(repeating: "x", count: 500_000))) }
        let began = ContinuousClock.now
        let left = try await RunningPage.serve(workspace) { page in
            let headers = page.cookie.merging(["Connection": connection]) { $1 }
            let left = try page.wire.connect(
                page.wire.head("GET", "/api/v1/signals?after=0", headers, body: ""), receiveBuffer: 32_768)
            await Wire.read(left, until: "HTTP/1.1 200")
            return left
        }
        // Hummingbird would wait until the connection was idle for long enough.
        #expect(ContinuousClock.now - began < .seconds(30))
        close(left)
    }
}
