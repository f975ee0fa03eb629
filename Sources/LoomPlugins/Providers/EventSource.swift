import LoomSystem

/// The events of an answer, for the Lua code that asks for those that have come.
actor EventSource {
    /// Nil while an event is waited for, and at the end: with two holders each event would copy all that wait behind it.
    private var iterator: HTTPBody.Events.Iterator?
    private let key: Secret?

    init(_ response: HTTPResponse, key: Secret?) {
        iterator = response.body.events(response.framing).makeAsyncIterator()
        self.key = key
    }

    /// How many go to Lua in one call.
    private static let atOnce = 64

    /// Waits for one, and takes what came with it; none at the end. An answer that repeats the key is read without it.
    func next() async throws(HTTPError) -> [ServerSentEvents.Event] {
        guard var current = iterator.take() else { return [] }
        guard let first = try await current.next(isolation: self) else { return [] }
        var events = [first]
        while events.count < Self.atOnce, let event = current.nextReady() { events.append(event) }
        iterator = current
        guard let key else { return events }
        return events.map { event in
            var event = event
            event.data = key.redact(event.data)
            return event
        }
    }
}
