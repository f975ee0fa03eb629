import Glibc
import LoomSystem
import Testing

@testable import LoomWeb

/// Listening for the browser that comes back from a sign-in, over real sockets.
@Suite(.timeLimit(.minutes(1))) struct ReturnServerTests {
    @Test("answers visits until one has an outcome, and that one gets its answer whole")
    func outcome() async throws {
        let server = try await ReturnServer.listen(port: 0)
        let wire = Wire(port: server.port)
        let waiting = Task {
            await server.outcome(within: .seconds(60)) { visit in
                visit.target == "/back?code=c"
                    ? .init(status: 200, text: "Done.", outcome: "\(visit.method) \(visit.host ?? "")")
                    : .init(status: 404, text: "Not here.")
            }
        }
        let other = try await wire.request("GET", "/other")
        #expect(other.status == 404)
        let back = try await wire.request("GET", "/back?code=c")
        #expect(back.status == 200 && back.body.contains("<p>Done.</p>"))
        #expect(back.header("content-security-policy") == "default-src 'none'" && back.header("cache-control") == "no-store")
        #expect(await waiting.value == "GET 127.0.0.1:\(server.port)")
        await #expect(throws: (any Error).self) { try await wire.request("GET", "/other") }
    }

    @Test("who comes before somebody waits is answered when somebody does")
    func early() async throws {
        let server = try await ReturnServer.listen(port: 0)
        let connection = try Wire(port: server.port).connect(Wire(port: server.port).head("GET", "/", [:], body: ""))
        async let answer = Wire.read(connection, until: "</p>")
        #expect(await server.outcome(within: .seconds(60)) { _ in .init(status: 200, text: "Early.", outcome: 1) } == 1)
        #expect(await answer.contains("<p>Early.</p>"))
        close(connection)
    }

    @Test("nobody waits longer than they want, nor for who sends half a request")
    func patience() async throws {
        let clock = ManualClock()
        let server = try await ReturnServer.listen(port: 0, clock: clock)
        let wire = Wire(port: server.port)
        let waiting = Task {
            await server.outcome(within: .seconds(300)) { _ in .init(status: 404, text: "Not here.", outcome: Int?.none) }
        }
        await clock.waitForSleepers()
        let unfinished = try wire.connect(wire.head("POST", "/", ["Content-Length": "10"], body: ""))
        await Wire.read(unfinished, until: "</p>")
        let silent = try wire.connect("GET / HT")
        clock.advance(by: .seconds(301))
        #expect(await waiting.value == nil)
        for descriptor in [unfinished, silent] { close(descriptor) }
    }

    @Test("a port that is taken is an error that names it, and one that was used is free again")
    func taken() async throws {
        let port: Int
        do {
            let first = try await ReturnServer.listen(port: 0)
            port = first.port
            let error = await #expect(throws: ServingError.self) { try await ReturnServer.listen(port: port) }
            #expect(error?.isAddressInUse == true && error?.description.contains("port \(port) of 127.0.0.1") == true)
            let waiting = Task { await first.outcome(within: .seconds(60)) { _ in .init(status: 200, text: "", outcome: true) } }
            waiting.cancel()
            #expect(await waiting.value == nil)
        }
        // The second one is let go without anybody having waited.
        do { _ = try await ReturnServer.listen(port: port) }
        while !Task.isCancelled {
            if let again = try? await ReturnServer.listen(port: port) { return #expect(again.port == port) }
        }
    }
}
