import Synchronization

/// Plays a server for tests: each request is answered by a closure, and what was asked is kept.
package final class ScriptedHTTPClient: HTTPClient {
    package typealias Answer = @Sendable (HTTPRequest) async throws(HTTPError) -> HTTPResponse

    private let answer: Answer
    private let asked = Mutex<[HTTPRequest]>([])

    package init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    /// The requests until now, in order.
    package var requests: [HTTPRequest] { asked.withLock { $0 } }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        if Task.isCancelled { throw HTTPError(.cancelled, host: "scripted") }
        return try await answer(request)
    }
}

/// A body that a test plays piece by piece.
package struct ScriptedBody: Sendable {
    package let body: HTTPBody
    private let channel: ByteChannel<HTTPError>

    /// - Parameter onAbandon: Called when the consumer goes before the end.
    package init(onAbandon: @escaping @Sendable () -> Void = {}) {
        let cancelled = HTTPError(.cancelled, host: "scripted")
        channel = ByteChannel(limit: .max, cancellation: .failure(cancelled), onAbandon: onAbandon)
        body = HTTPBody(channel)
    }

    package func send(_ text: String) { channel.send(Array(text.utf8)) }

    /// Ends the body, with an error when one is given.
    package func finish(_ reason: HTTPError.Reason? = nil) {
        channel.finish(reason.map { .failure(HTTPError($0, host: "scripted")) } ?? .success(()))
    }
}
