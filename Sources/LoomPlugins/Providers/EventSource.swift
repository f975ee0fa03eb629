import LoomSystem

/// The events of an answer, for the Lua code that asks for one after the other.
actor EventSource {
    /// Nil while an event is waited for, and at the end: with two holders each event would copy all that wait behind it.
    private var iterator: HTTPBody.Events.Iterator?
    private let key: Secret?

    init(_ response: HTTPResponse, key: Secret?) {
        iterator = response.body.events(response.framing).makeAsyncIterator()
        self.key = key
    }

    /// Nil at the end. An answer that repeats the key is read without it.
    func next() async throws(HTTPError) -> ServerSentEvents.Event? {
        guard var current = iterator.take() else { return nil }
        guard var event = try await current.next(isolation: self) else { return nil }
        iterator = current
        if let key { event.data = key.redact(event.data) }
        return event
    }
}
