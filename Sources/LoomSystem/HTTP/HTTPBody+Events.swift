extension ByteStream<HTTPError> {
    /// The body as server-sent events. An event larger than the limit ends it with `tooLarge`.
    package func events(limit: Int = 16 << 20) -> Events {
        Events(base: self, limit: limit)
    }

    package struct Events: AsyncSequence {
        let base: HTTPBody
        let limit: Int

        package func makeAsyncIterator() -> Iterator {
            Iterator(base: base.makeAsyncIterator(), parser: ServerSentEvents(limit: limit))
        }

        package struct Iterator: AsyncIteratorProtocol {
            var base: HTTPBody.Iterator
            package private(set) var parser: ServerSentEvents
            /// Still to be handed out, the next one last.
            var pending: [ServerSentEvents.Event] = []

            package mutating func next() async throws(HTTPError) -> ServerSentEvents.Event? {
                while pending.isEmpty {
                    guard let chunk = try await base.next() else { return nil }
                    do throws(ServerSentEvents.TooLarge) {
                        pending = try parser.feed(chunk).reversed()
                    } catch {
                        throw HTTPError(.tooLarge(limit: error.limit), host: "The server")
                    }
                }
                return pending.popLast()
            }

            package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> ServerSentEvents.Event? {
                try await next()
            }
        }
    }
}
