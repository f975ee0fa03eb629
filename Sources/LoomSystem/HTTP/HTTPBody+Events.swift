extension ByteStream<HTTPError> {
    /// The body as events. One larger than the limit ends it with `tooLarge`, a damaged one with `damaged`, after the events before it.
    package func events(_ framing: StreamFraming = .serverSentEvents, limit: Int = 16 << 20) -> Events {
        Events(base: self, framing: framing, limit: limit)
    }

    package struct Events: AsyncSequence {
        let base: HTTPBody
        let framing: StreamFraming
        let limit: Int

        package func makeAsyncIterator() -> Iterator {
            Iterator(base: base.makeAsyncIterator(), parser: EventParser(framing, limit: limit))
        }

        package struct Iterator: AsyncIteratorProtocol {
            var base: HTTPBody.Iterator
            var parser: EventParser
            /// Still to be handed out, the next one last.
            var pending: [ServerSentEvents.Event] = []
            /// What comes after those: an error, or the end.
            var end: Result<Void, HTTPError>?

            package mutating func next() async throws(HTTPError) -> ServerSentEvents.Event? {
                while pending.isEmpty {
                    if let end {
                        try end.get()
                        return nil
                    }
                    // A body that is cut throws here: of what was not complete then, nothing comes.
                    let chunk = try await base.next()
                    do throws(FramingError) {
                        try read(chunk)
                    } catch {
                        end = .failure(HTTPError(error))
                    }
                }
                return pending.popLast()
            }

            /// One that has come with an earlier one; nil when the next must be waited for.
            package mutating func nextReady() -> ServerSentEvents.Event? { pending.popLast() }

            private mutating func read(_ chunk: [UInt8]?) throws(FramingError) {
                var events: [ServerSentEvents.Event] = []
                defer { pending = events.reversed() }
                if let chunk { return try parser.feed(chunk, into: &events) }
                end = .success(())
                if let last = try parser.finish() { events.append(last) }
            }

            package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> ServerSentEvents.Event? {
                try await next()
            }
        }
    }
}

extension HTTPResponse {
    /// The framing that its `content-type` names.
    package var framing: StreamFraming { StreamFraming(contentType: headers["content-type"]) }
}

extension HTTPError {
    fileprivate init(_ error: FramingError) {
        switch error {
        case .tooLarge(let limit): self.init(.tooLarge(limit: limit), host: "The server")
        case .damaged(let reason): self.init(.damaged(reason), host: "The server")
        }
    }
}
