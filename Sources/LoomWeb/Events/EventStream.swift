import Hummingbird
import LoomKernel
import LoomSystem

/// `/api/v1/events`: every signal of the workspace as server-sent events, from any point of the log on.
///
/// A reader that is too slow loses signals from its bounded queue; it is then cut off, and resumes from the log with the
/// last id it saw. So memory stays bounded, no publisher waits for a browser, and nobody misses anything.
struct EventStream: Sendable {
    let workspace: any PageWorkspace
    let clock: any WallClock
    /// How long the stream may be silent before it says that it is still there.
    let heartbeat: Duration
    /// Signals that may wait for one reader.
    let capacity: Int

    private static let page = 500

    private enum Event {
        case batch([Signal])
        case beat
    }

    /// - Parameter after: the last sequence the reader has; nil to begin with what happens next.
    func response(to request: Request, after: Int64?) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                // Subscribing before the log is read leaves no gap between the two.
                let subscription = self.workspace.bus.subscribe("**", name: "page", delivery: .lossy, capacity: self.capacity)
                defer { subscription.cancel() }
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await self.write(subscription, after: after, to: &writer)
                } onInboundClosed: {
                    subscription.cancel()
                }
                try await writer.finish(nil)
            })
    }

    private func write(_ subscription: Subscription, after: Int64?, to writer: inout any ResponseBodyWriter) async throws {
        // A number beyond the log comes from another log: begin at the end of this one.
        let end = await self.workspace.snapshot().sequence
        var cursor = EventCursor(after: min(after ?? end, end))
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        while true {
            let stored = try await self.workspace.history(after: cursor.last, limit: Self.page)
            try await Self.write(cursor.admit(stored), to: &writer)
            if stored.count < Self.page { break }
        }
        try await self.follow(subscription, &cursor, &writer)
    }

    private func follow(
        _ subscription: Subscription, _ cursor: inout EventCursor, _ writer: inout any ResponseBodyWriter
    ) async throws {
        let (events, source) = AsyncStream.makeStream(of: Event.self)
        // The next batch is taken only when the last one is written: the queue that is bounded is the one that fills.
        let (written, acknowledge) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var written = written.makeAsyncIterator()
                while let batch = await subscription.next() {
                    source.yield(.batch(batch))
                    guard await written.next() != nil else { break }
                }
                source.finish()
            }
            group.addTask {
                while true {
                    do { try await self.clock.sleep(for: self.heartbeat) } catch { return }
                    source.yield(.beat)
                }
            }
            defer { group.cancelAll() }
            for await event in events {
                switch event {
                case .beat: try await writer.write(ByteBuffer(string: ": still here\n\n"))
                case .batch(let batch):
                    guard subscription.dropped == 0 else { return }
                    try await Self.write(cursor.admit(batch), to: &writer)
                    acknowledge.yield()
                }
            }
        }
    }

    private static func write(_ signals: [Signal], to writer: inout any ResponseBodyWriter) async throws {
        guard !signals.isEmpty else { return }
        try await writer.write(ByteBuffer(string: signals.map(EventCursor.frame).joined()))
    }
}
