import LoomSystem
import Synchronization
import Testing

@Suite struct ByteChannelTests {
    private struct Fault: Error, Equatable {}

    @Test func `bytes come out as they went in, several pieces as one`() async throws {
        let channel = ByteChannel<Never>(limit: 100, cancellation: .success(()))
        channel.send([1])
        channel.send([])
        channel.send([2, 3])
        channel.finish()
        channel.send([4])
        var iterator = ByteStream(channel).makeAsyncIterator()
        #expect(await iterator.next() == [1, 2, 3])
        #expect(await iterator.next() == nil)
        #expect(await iterator.next() == nil)
    }

    @Test func `an error comes after what was sent before it`() async throws {
        let stream = ByteStream<Fault>([1], end: .failure(Fault()))
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == [1])
        await #expect(throws: Fault()) { try await iterator.next() }
    }

    @Test func `a full channel asks for patience until it is read`() async {
        let room = Atomic(0)
        let channel = ByteChannel<Never>(limit: 2, cancellation: .success(()), onRoom: { room.add(1, ordering: .relaxed) })
        #expect(channel.hasRoom())
        channel.send([1, 2, 3])
        #expect(!channel.hasRoom())
        #expect(room.load(ordering: .relaxed) == 0)
        var iterator = ByteStream(channel).makeAsyncIterator()
        #expect(await iterator.next() == [1, 2, 3])
        #expect(room.load(ordering: .relaxed) == 1)
        #expect(channel.hasRoom())
    }

    @Test func `a consumer that goes away is noticed once`() {
        let abandoned = Atomic(0)
        let channel = ByteChannel<Never>(limit: 2, cancellation: .success(()), onAbandon: { abandoned.add(1, ordering: .relaxed) })
        channel.send([1, 2, 3])
        do {
            let stream = ByteStream(channel)
            _ = stream.makeAsyncIterator()
            #expect(abandoned.load(ordering: .relaxed) == 0)
        }
        #expect(abandoned.load(ordering: .relaxed) == 1)
        #expect(channel.hasRoom(), "what is dropped needs no room")
    }

    @Test func `a cancelled consumer gets the error for it`() async {
        let channel = ByteChannel<Fault>(limit: 2, cancellation: .failure(Fault()))
        let stream = ByteStream(channel)
        let task = Task { try await stream.collect() }
        task.cancel()
        await #expect(throws: Fault()) { try await task.value }
    }

    @Test func `a producer thread and a consumer lose nothing`() async {
        let channel = ByteChannel<Never>(limit: 64, cancellation: .success(()))
        let stream = ByteStream(channel)
        let consumer = Task { await stream.collect() }
        let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
        for byte in bytes { channel.send([byte]) }
        channel.finish()
        #expect(await consumer.value == bytes)
    }

    @Test func `a stream is read by lines`() async {
        let stream = ByteStream<Never>(Array("{}\n[1]\r\nlast".utf8))
        var lines: [String] = []
        for await line in stream.lines() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(lines == ["{}", "[1]", "last"])
    }
}
