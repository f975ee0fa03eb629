import LoomSystem
import Testing

@Suite struct HTTPHeadersTests {
    @Test func `names are compared without regard to case, order is kept`() {
        var headers: HTTPHeaders = ["Content-Type": "a", "X": "1"]
        headers.append("x", "2")
        #expect(headers["content-TYPE"] == "a")
        #expect(headers["X"] == "1")
        #expect(headers.map(\.value) == ["a", "1", "2"])
        headers["x"] = "3"
        #expect(headers.map(\.value) == ["a", "3"])
        headers["CONTENT-type"] = nil
        #expect(headers["Content-Type"] == nil)
    }
}

@Suite struct ScriptedHTTPClientTests {
    @Test func `requests are answered and kept`() async throws {
        let client = ScriptedHTTPClient { request in HTTPResponse(status: 418, body: HTTPBody(request.body)) }
        let response = try await client.send(HTTPRequest(url: "http://example.org", body: [1, 2]))
        #expect(response.status == 418)
        #expect(try await response.body.collect() == [1, 2])
        #expect(client.requests.map(\.url) == ["http://example.org"])
    }

    @Test func `a body is played piece by piece`() async throws {
        let scripted = ScriptedBody()
        let client = ScriptedHTTPClient { _ in HTTPResponse(status: 200, body: scripted.body) }
        var events = try await client.send(HTTPRequest(url: "http://example.org")).body.events().makeAsyncIterator()
        scripted.send("data: 1\n")
        scripted.send("\ndata: 2\n\n")
        #expect(try await events.next()?.data == "1")
        #expect(try await events.next()?.data == "2")
        scripted.send("data: 3\n\n")
        scripted.finish(.stalled)
        #expect(try await events.next()?.data == "3")
        await #expect(throws: HTTPError(.stalled, host: "scripted")) { try await events.next() }
    }
}
