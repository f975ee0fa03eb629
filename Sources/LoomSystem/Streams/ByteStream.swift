/// Bytes as they arrive, for one consumer. Dropping it tells the producer that nobody reads any more.
package struct ByteStream<Failure: Error>: AsyncSequence, Sendable {
    /// Lives as long as the stream or an iterator of it.
    fileprivate final class Consumer: Sendable {
        let channel: ByteChannel<Failure>

        init(channel: ByteChannel<Failure>) {
            self.channel = channel
        }

        deinit {
            channel.abandon()
        }
    }

    private let consumer: Consumer

    package init(_ channel: ByteChannel<Failure>) {
        consumer = Consumer(channel: channel)
    }

    /// A stream that is already complete.
    package init(_ bytes: [UInt8], end: Result<Void, Failure> = .success(())) {
        let channel = ByteChannel<Failure>(limit: .max, cancellation: .success(()))
        channel.send(bytes)
        channel.finish(end)
        self.init(channel)
    }

    package func makeAsyncIterator() -> Iterator { Iterator(consumer: consumer) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let consumer: Consumer

        package mutating func next() async throws(Failure) -> [UInt8]? {
            try await consumer.channel.next()
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> [UInt8]? {
            try await consumer.channel.next()
        }
    }

    /// All bytes until the end.
    package func collect() async throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next() {
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        }
        return bytes
    }

    /// The stream cut into lines; one longer than `maximumLength` bytes comes in several parts.
    package func lines(maximumLength: Int = 16 << 20) -> Lines {
        Lines(base: self, splitter: LineSplitter(maximumLength: maximumLength))
    }

    package struct Lines: AsyncSequence {
        let base: ByteStream
        let splitter: LineSplitter

        package func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), splitter: splitter) }

        package struct Iterator: AsyncIteratorProtocol {
            var base: ByteStream.Iterator
            var splitter: LineSplitter
            /// Still to be handed out, the next one last.
            var pending: [[UInt8]] = []

            package mutating func next() async throws(Failure) -> [UInt8]? {
                while pending.isEmpty {
                    guard let chunk = try await base.next() else { return splitter.finish() }
                    pending = splitter.feed(chunk).reversed()
                }
                return pending.popLast()
            }

            package mutating func next(isolation actor: isolated (any Actor)?) async throws(Failure) -> [UInt8]? {
                try await next()
            }
        }
    }
}
