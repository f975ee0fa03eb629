import LoomSystem
import Synchronization
import Testing

@Suite("Listening for one browser", .timeLimit(.minutes(1))) struct LoopbackListenerTests {
    @Test("hands over path, query and host, and answers with a page")
    func request() async throws {
        let listener = try LoopbackListener(port: 0)
        let came = OneShot<LoopbackListener.Request>()
        try listener.listen { request in
            came.fulfil(request)
            return LoopbackListener.Answer(status: 200, html: "<p>ü</p>")
        }
        let url = "http://127.0.0.1:\(listener.port)/back?code=a%20b&state=s"
        let response = try await LiveHTTPClient().send(HTTPRequest(url: url))
        #expect(response.status == 200 && response.headers["cache-control"] == "no-store")
        #expect(String(decoding: try await response.body.collect(), as: UTF8.self) == "<p>ü</p>")
        let request = try #require(await came.value())
        #expect(request.method == "GET" && request.path == "/back" && request.query == ["code": "a b", "state": "s"])
        #expect(request.host == "127.0.0.1:\(listener.port)")
        listener.stop()
    }

    @Test("a port that is taken is an error that names it")
    func taken() throws {
        let first = try LoopbackListener(port: 0)
        let error = #expect(throws: LoopbackListener.Failure.self) { try LoopbackListener(port: first.port) }
        #expect(error?.description.contains("port \(first.port) of 127.0.0.1") == true)
    }
}

@Suite("A lock between processes") struct FileLockTests {
    @Test("is held by one, until that lets it go")
    func one() throws {
        let folder = try TemporaryDirectory()
        var lock = try FileLock.take(folder("lock"))
        #expect(lock != nil)
        #expect(try FileLock.take(folder("lock")) == nil)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try FileLock.take(folder("lock")) != nil)
        #expect(throws: FileError(.notFound, path: folder("none/lock"))) { try FileLock.take(folder("none/lock")) }
    }
}
