import LoomSystem
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct LiveHTTPClientTests {
    private let client = LiveHTTPClient(.init(usesProxies: false))

    private func reason(_ request: HTTPRequest) async -> HTTPError.Reason? {
        do throws(HTTPError) {
            _ = try await client.send(request).body.collect()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a response has status, headers and body`() async throws {
        let server = try ScriptedServer([
            .readRequest,
            .send(bytes("HTTP/1.1 201 Created\r\nX-One: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 5\r\n\r\nhello")),
        ])
        let response = try await client.send(HTTPRequest(url: server.url + "path?q=1", headers: ["X-Mine": "yes", "X-Empty": ""]))
        #expect(response.status == 201)
        #expect(response.isSuccess)
        #expect(response.headers["x-one"] == "1")
        #expect(response.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value) == ["a", "b"])
        #expect(try await response.body.collect() == bytes("hello"))
        var requests = server.requests.makeAsyncIterator()
        let request = try #require(await requests.next())
        #expect(request.hasPrefix("GET /path?q=1 HTTP/1.1\r\n"))
        #expect(request.contains("\r\nX-Mine: yes\r\n"))
        #expect(request.contains("\r\nX-Empty:\r\n"))
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func `a body is sent as it is`(method: String) async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 204 No Content\r\n\r\n"))])
        let body = String(repeating: "{\"é\": 1}", count: 100)
        let request = HTTPRequest(method: method, url: server.url, headers: ["Content-Type": "application/json"], body: bytes(body))
        let response = try await client.send(request)
        #expect(response.status == 204)
        #expect(try await response.body.collect() == [])
        var requests = server.requests.makeAsyncIterator()
        let text = try #require(await requests.next())
        #expect(text.hasPrefix("\(method) / HTTP/1.1\r\n"))
        #expect(text.contains("\r\nContent-Type: application/json\r\n"))
        #expect(text.contains("\r\nContent-Length: 900\r\n"))
        #expect(!text.contains("Expect:"))
        #expect(text.hasSuffix("\r\n\r\n" + body))
    }

    @Test func `an empty POST and a HEAD are proper requests`() async throws {
        let server = try ScriptedServer(
            [.readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))],
            [.readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 77\r\nConnection: close\r\n\r\n"))])
        #expect(try await client.send(HTTPRequest(method: "POST", url: server.url)).body.collect() == [])
        #expect(try await client.send(HTTPRequest(method: "HEAD", url: server.url)).body.collect() == [])
        var requests = server.requests.makeAsyncIterator()
        let post = try #require(await requests.next())
        #expect(post.hasPrefix("POST / ") && post.contains("Content-Length: 0\r\n") && !post.contains("Content-Type"))
        #expect(await requests.next()?.hasPrefix("HEAD / ") == true)
    }

    @Test func `a chunked stream arrives event by event, while the server still talks`() async throws {
        func chunk(_ text: String) -> [UInt8] { bytes("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }
        let server = try ScriptedServer([
            .readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")),
            .send(chunk("data: on") + chunk("e\n\ndata: t")), .send(chunk("wo\r\n\r\n") + chunk("data: cut")),
            .send(bytes("0\r\nX-Trailer: t\r\n\r\n")),
        ])
        let response = try await client.send(HTTPRequest(url: server.url))
        var events: [String] = []
        for try await event in response.body.events() { events.append(event.data) }
        #expect(events == ["one", "two"])
    }

    @Test func `interim heads are passed over`() async throws {
        let server = try ScriptedServer([
            .readRequest, .send(bytes("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")),
        ])
        let response = try await client.send(HTTPRequest(url: server.url))
        #expect(response.status == 200)
        #expect(response.headers["Link"] == nil)
        #expect(try await response.body.collect() == bytes("ok"))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello", "HTTP/1.1 200 OK\r\nContent-Le", "",
    ])
    func `a connection that ends too early is an error`(text: String) async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes(text))])
        #expect(await reason(HTTPRequest(url: server.url)) == .cut)
    }

    @Test func `what came before the cut is not lost`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"))])
        let response = try await client.send(HTTPRequest(url: server.url))
        var iterator = response.body.makeAsyncIterator()
        #expect(try await iterator.next() == bytes("part"))
        await #expect(throws: HTTPError(.cut, host: "127.0.0.1")) { try await iterator.next() }
    }

    @Test func `a reset is an error`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")), .reset])
        #expect(await reason(HTTPRequest(url: server.url)) == .cut)
    }

    @Test func `a server that refuses, and one that nobody knows, are told apart`() async throws {
        let port = try ScriptedServer.refusedPort()
        #expect(await reason(HTTPRequest(url: "http://127.0.0.1:\(port)/")) == .cannotConnect)
        #expect(await reason(HTTPRequest(url: "http://no-such-host.invalid/")) == .cannotResolve)
    }

    @Test func `a silent server is stalled, before its first byte and after`() async throws {
        let silent = try ScriptedServer([.readRequest, .waitForClose])
        #expect(await reason(HTTPRequest(url: silent.url, stallTimeout: .milliseconds(100))) == .stalled)
        var closes = silent.closes.makeAsyncIterator()
        await closes.next()
        let faltering = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\n\r\nsome")), .waitForClose])
        let response = try await client.send(HTTPRequest(url: faltering.url, stallTimeout: .seconds(1)))
        var iterator = response.body.makeAsyncIterator()
        #expect(try await iterator.next() == bytes("some"))
        await #expect(throws: HTTPError(.stalled, host: "127.0.0.1")) { try await iterator.next() }
    }

    @Test func `the total time is bounded although the server goes on`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\n\r\n")), .waitForClose])
        #expect(await reason(HTTPRequest(url: server.url, totalTimeout: .milliseconds(100))) == .timedOut)
    }

    @Test func `a server that does not speak TLS, or HTTP, is told`() async throws {
        let plain = try ScriptedServer([.send(bytes("HTTP/1.1 400 Bad Request\r\n\r\n"))])
        #expect(await reason(HTTPRequest(url: "https://127.0.0.1:\(plain.port)/")) == .tls)
        let other = try ScriptedServer([.readRequest, .send(bytes("220 smtp.example.org ESMTP\r\n"))])
        #expect(await reason(HTTPRequest(url: other.url)) == .other("the answer is not HTTP"))
    }

    @Test func `a slow reader slows the server down`() async throws {
        let total = 64 << 20
        let server = try ScriptedServer([
            .readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")), .sendMany(total),
        ])
        let response = try await client.send(HTTPRequest(url: server.url))
        var iterator = response.body.makeAsyncIterator()
        var received = 0
        var furthest = 0
        while let chunk = try await iterator.next() {
            received += chunk.count
            furthest = max(furthest, server.sent - received)
            for _ in 0..<20 { await Task.yield() }
        }
        #expect(received == total)
        // The sockets' buffers hold a few megabytes; without back-pressure most of the 64 would lie with us.
        #expect(furthest < 32 << 20)
    }

    @Test func `a reader that pauses is not taken for a silent server`() async throws {
        let total = 32 << 20
        let server = try ScriptedServer([
            .readRequest, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")), .sendMany(total),
        ])
        let response = try await client.send(HTTPRequest(url: server.url, stallTimeout: .seconds(1)))
        var iterator = response.body.makeAsyncIterator()
        var received = try await iterator.next()?.count ?? 0
        // A second request that stalls later is our clock: when it has ended, so would the first have.
        let silent = try ScriptedServer([.readRequest, .waitForClose])
        #expect(await reason(HTTPRequest(url: silent.url, stallTimeout: .seconds(2))) == .stalled)
        while let chunk = try await iterator.next() { received += chunk.count }
        #expect(received == total)
    }

    @Test func `a body larger than allowed is refused`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\n\r\n")), .sendMany(1 << 20)])
        #expect(await reason(HTTPRequest(url: server.url, bodyLimit: 1_000)) == .tooLarge(limit: 1_000))
    }

    @Test func `cancelling ends the transfer before its head`() async throws {
        let server = try ScriptedServer([.readRequest, .waitForClose])
        let url = server.url
        let task = Task { await reason(HTTPRequest(url: url)) }
        var requests = server.requests.makeAsyncIterator()
        _ = await requests.next()
        task.cancel()
        #expect(await task.value == .cancelled)
        var closes = server.closes.makeAsyncIterator()
        await closes.next()
    }

    @Test func `cancelling ends the transfer in its body`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\n\r\nx")), .waitForClose])
        let response = try await client.send(HTTPRequest(url: server.url))
        let (received, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            for try await _ in response.body { continuation.yield() }
        }
        for await _ in received { break }
        task.cancel()
        await #expect(throws: HTTPError(.cancelled, host: "127.0.0.1")) { try await task.value }
        var closes = server.closes.makeAsyncIterator()
        await closes.next()
    }

    @Test func `dropping the response ends the transfer`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 200 OK\r\n\r\nx")), .waitForClose])
        var response: HTTPResponse? = try await client.send(HTTPRequest(url: server.url))
        #expect(response?.status == 200)
        response = nil
        var closes = server.closes.makeAsyncIterator()
        await closes.next()
    }

    @Test func `a cancelled task sends nothing`() async {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await reason(HTTPRequest(url: "http://127.0.0.1:1/"))
        }
        #expect(await task.value == .cancelled)
    }

    @Test func `redirects are only followed when asked for`() async throws {
        let redirect = bytes("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmove")
        let there = bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthere")
        let server = try ScriptedServer(
            [.readRequest, .send(redirect)], [.readRequest, .send(redirect)], [.readRequest, .send(there)],
            [.readRequest, .send(redirect)],
            [.readRequest, .send(redirect)])
        let first = try await client.send(HTTPRequest(url: server.url))
        #expect(first.status == 302)
        #expect(try await first.body.collect() == bytes("move"))
        let second = try await client.send(HTTPRequest(url: server.url, redirects: 3))
        #expect(second.status == 200)
        #expect(try await second.body.collect() == bytes("there"))
        #expect(await reason(HTTPRequest(url: server.url, redirects: 1)) == .tooManyRedirects)
    }

    @Test(arguments: [
        "", "no url", "/path", "ftp://host/", "file:///etc/passwd", "http://", "http://a b/", "http://host\r\nX: y/", "http://ho\0st/",
    ])
    func `what is no web address is refused`(url: String) async {
        #expect(await reason(HTTPRequest(url: url)) == .invalidURL)
    }

    @Test(arguments: [
        ("GET", "X-Ok", "a\r\nX-Evil: 1"), ("GET", "X-Ok", "a\nb"), ("GET", "X Bad", "a"), ("GET", "X:Bad", "a"), ("GET", "", "a"),
        ("GET\r\n", "X", "a"), ("", "X", "a"),
        ("GET", "X", "a\0"),
    ])
    func `headers can't smuggle others in`(method: String, name: String, value: String) async {
        let request = HTTPRequest(method: method, url: "http://127.0.0.1:1/", headers: [name: value])
        #expect(await reason(request) == .invalidHeader)
    }

    @Test func `errors never show more of a request than its host`() async {
        let request = HTTPRequest(
            url: "http://user:secret@no-such-host.invalid/secret?key=secret", headers: ["Authorization": "Bearer secret"])
        let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
        #expect(error?.description == "no-such-host.invalid was not found: check the name and the network.")
    }

    @Test func `many requests at once all arrive`() async throws {
        let answer = bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        let scripts: [ScriptedServer.Step] = [.readRequest, .send(answer)]
        let servers = try (0..<30).map { _ in try ScriptedServer(scripts) }
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for server in servers {
                let url = server.url
                group.addTask { try await client.send(HTTPRequest(url: url)).body.collect() }
            }
            for try await body in group { #expect(body == bytes("ok")) }
        }
    }

    @Test func `a request for public hosts alone does not reach this machine, by whatever name`() async throws {
        let server = try ScriptedServer([.readRequest, .send(bytes("HTTP/1.1 204 No Content\r\n\r\n"))])
        for url in [server.url, server.url.replacing("127.0.0.1", with: "localhost")] {
            var request = HTTPRequest(url: url)
            request.isOnlyForPublicHosts = true
            guard case .privateAddress? = await reason(request) else {
                Issue.record("\(url) was not refused")
                continue
            }
        }
        #expect(try await client.send(HTTPRequest(url: server.url)).status == 204, "the server has not been asked before")
    }
}
