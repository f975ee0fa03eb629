import LoomSystem
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerTests {
    private let client = LiveHTTPClient(.init(usesProxies: false))

    /// Serves while the body runs; has ended when this returns.
    private func serve(
        bodyLimit: Int = 1_000, _ handler: @escaping HTTPServer.Handler, _ body: (HTTPServer) async throws -> Void
    ) async throws {
        let server = try HTTPServer(port: 0, bodyLimit: bodyLimit)
        let serving = Task { try await server.run(handler) }
        do {
            try await body(server)
        } catch {
            serving.cancel()
            throw error
        }
        serving.cancel()
        try await serving.value
    }

    private static let echo: HTTPServer.Handler = { request in
        let fields = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let own = request.headers.filter { $0.name == "x-own" }.map(\.value).joined(separator: "|")
        let text = "\(request.method) \(request.path) [\(fields)] \(own) \(String(decoding: request.body, as: UTF8.self))"
        return HTTPServer.Response(
            status: 201, headers: ["content-type": "text/plain; charset=utf-8", "x-port": "\(request.port)"], body: .bytes(Array(text.utf8))
        )
    }

    @Test func `a request comes in whole, and its answer goes out whole`() async throws {
        try await serve(Self.echo) { server in
            let request = HTTPRequest(
                method: "PUT", url: "http://127.0.0.1:\(server.port)/a%20b/ü?q=1+2&p=%C3%BC", headers: ["x-own": "ja"],
                body: Array("é".utf8))
            let response = try await client.send(request)
            #expect(response.status == 201)
            #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(response.headers["x-port"] == "\(server.port)")
            let text = String(decoding: try await response.body.collect(), as: UTF8.self)
            #expect(text.hasPrefix("PUT /a%20b/") && text.hasSuffix(" [p=ü,q=1 2] ja é"))
        }
    }

    @Test func `one connection carries many requests, sent one after the other or at once`() async throws {
        try await serve(Self.echo) { server in
            let connection = try RawConnection(port: server.port)
            defer { connection.close() }
            try connection.send("GET /1 HTTP/1.1\r\nHost: h\r\nX-Own: a\r\nx-own: b\r\n\r\n")
            #expect(await connection.read(until: "GET /1").contains("HTTP/1.1 201 "))
            try connection.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let rest = await connection.read()
            let second = try #require(rest.firstRange(of: "GET /2")), third = try #require(rest.firstRange(of: "GET /3"))
            #expect(second.lowerBound < third.lowerBound)
        }
    }

    @Test func `who asks for the head gets its length and no body`() async throws {
        try await serve(Self.echo) { server in
            let connection = try RawConnection(port: server.port)
            defer { connection.close() }
            try connection.send("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let answer = await connection.read()
            #expect(answer.contains("\r\nContent-Length: \("HEAD /x []  ".utf8.count)\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    /// What no handler sees.
    enum Refused: String, CaseIterable {
        case nonsense, method, trace, length, negative, chunk, head, field

        var text: String {
            switch self {
            case .nonsense: "nonsense\r\n\r\n"
            case .method: "BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n"
            case .trace: "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n"
            case .length: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000000\r\n\r\n"
            case .negative: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"
            case .chunk: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"
            case .head: "GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n"
            case .field: "GET / HTTP/1.1\r\nno colon\r\n\r\n"
            }
        }

        var status: Int {
            switch self {
            case .nonsense, .negative, .head, .field: 400
            case .length, .chunk: 413
            case .method, .trace: 501
            }
        }
    }

    @Test(arguments: Refused.allCases)
    func `what is no request is refused, and the next one is served`(request: Refused) async throws {
        let seen = Mutex(0)
        let handler: HTTPServer.Handler = { request in
            seen.withLock { $0 += 1 }
            return await Self.echo(request)
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            try? connection.send(request.text)
            #expect(await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 \(request.status) "))
            connection.close()
            #expect(try await client.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/")).status == 201)
        }
        #expect(seen.withLock { $0 } == 1)
    }

    private static let split: HTTPServer.Handler = { _ in
        HTTPServer.Response(status: 200, headers: ["x-own": "a\r\nx-other: b"])
    }

    @Test func `a header with a line break in it does not go out`() async throws {
        try await serve(Self.split) { server in
            let response = try await client.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            #expect(response.status == 200 && response.headers["x-own"] == nil && response.headers["x-other"] == nil)
        }
    }

    @Test func `a stream is read while it is written`() async throws {
        let (lines, source) = AsyncStream.makeStream(of: String.self)
        let handler: HTTPServer.Handler = { _ in
            HTTPServer.Response(status: 200, body: .stream { writer in for await line in lines { _ = await writer.write(line) } })
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            defer { connection.close() }
            try connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            for number in 1...3 {
                source.yield("line \(number)\n")
                #expect(await connection.read(until: "\n\r\n").contains("line \(number)\n"))
            }
            source.finish()
            #expect(await connection.read() == "0\r\n\r\n")
        }
    }

    @Test func `a reader that goes away is noticed at once`() async throws {
        let (isClosed, wrote) = (OneShot<Bool>(), OneShot<Bool>())
        let done = OneShot<Bool>()
        let handler: HTTPServer.Handler = { _ in
            HTTPServer.Response(
                status: 200,
                body: .stream { writer in
                    writer.whenClosed { isClosed.fulfil(true) }
                    _ = await writer.write("hello")
                    _ = await isClosed.value()
                    wrote.fulfil(await writer.write("anybody?"))
                }, whenDone: { done.fulfil(true) })
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            try connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = await connection.read(until: "hello")
            connection.close()
            #expect(await wrote.value() == false)
            #expect(await done.value() == true)
        }
    }

    @Test func `who does not read holds the writer up, and a server that ends lets it go`() async throws {
        let written = Mutex(0)
        let (begun, ended) = (OneShot<Bool>(), OneShot<Bool>())
        let piece = String(repeating: "x", count: 1 << 20)
        let handler: HTTPServer.Handler = { _ in
            HTTPServer.Response(
                status: 200,
                body: .stream { writer in
                    while await writer.write(piece) {
                        written.withLock { $0 += 1 }
                        begun.fulfil(true)
                    }
                    ended.fulfil(true)
                })
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            try connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = await begun.value()
        }
        #expect(await ended.value() == true)
        #expect(written.withLock { $0 } < 64, "the system's buffers took everything: nobody was held up")
    }

    @Test func `an answer that nobody waits for any more is done, and the next one is served`() async throws {
        let (came, gate, done) = (OneShot<Bool>(), OneShot<Bool>(), OneShot<Bool>())
        let handler: HTTPServer.Handler = { request in
            guard request.path == "/slow" else { return await Self.echo(request) }
            came.fulfil(true)
            _ = await gate.value()
            return HTTPServer.Response(status: 200, body: .bytes(Array(repeating: 7, count: 1 << 24)), whenDone: { done.fulfil(true) })
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            try connection.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = await came.value()
            connection.close()
            gate.fulfil(true)
            #expect(await done.value() == true)
            #expect(try await client.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/")).status == 201)
        }
    }

    @Test func `who asks on and on and does not read is not listened to for ever`() async throws {
        let handler: HTTPServer.Handler = { _ in
            HTTPServer.Response(status: 200, body: .bytes(Array(repeating: 7, count: 32 << 20)))
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            defer { connection.close() }
            // What the server has room for and the system's buffers are far less than this.
            #expect(connection.flood("GET / HTTP/1.1\r\nHost: h\r\n\r\n", upTo: 64 << 20) < 64 << 20)
        }
    }

    @Test func `who closes their own side still gets the whole answer`() async throws {
        let handler: HTTPServer.Handler = { _ in
            HTTPServer.Response(status: 200, body: .bytes(Array(repeating: UInt8(ascii: "x"), count: 100_000)))
        }
        try await serve(handler) { server in
            let connection = try RawConnection(port: server.port)
            defer { connection.close() }
            try connection.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            connection.closeOwnSide()
            #expect(await connection.read().count > 100_000)
        }
    }

    @Test func `many connections are served at once`() async throws {
        try await serve(Self.echo) { server in
            let right = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let response = try await client.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/\(number)"))
                        let text = String(decoding: try await response.body.collect(), as: UTF8.self)
                        return text.hasPrefix("GET /\(number) ") ? 1 : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(right == 200)
        }
    }

    @Test func `a port that is taken is an error that names it`() throws {
        let first = try HTTPServer(port: 0)
        let error = #expect(throws: ListenError.self) { try HTTPServer(port: first.port) }
        #expect(error?.isAddressInUse == true)
        #expect(error?.description.contains("port \(first.port) of 127.0.0.1") == true)
    }

    @Test func `a server that never ran gives its port back`() throws {
        let port = try HTTPServer(port: 0).port
        _ = try HTTPServer(port: port)
    }

    @Test func `a server that ended gives its port back`() async throws {
        let port = Mutex(0)
        try await serve(Self.echo) { server in port.withLock { $0 = server.port } }
        _ = try HTTPServer(port: port.withLock { $0 })
    }
}
