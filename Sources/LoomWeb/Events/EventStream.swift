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
    func response(after: Int64?) -> Response {
        Response(
            status: 200, headers: ["content-type": "text/event-stream"],
            body: .stream { writer in
                // Subscribing before the log is read leaves no gap between the two.
                let subscription = self.workspace.bus.subscribe("**", name: "page", delivery: .lossy, capacity: self.capacity)
                defer { subscription.cancel() }
                writer.whenClosed { subscription.cancel() }
                // Without the log there is nothing to say: the reader comes back.
                try? await self.write(subscription, after: after, to: writer)
            })
    }

    private func write(_ subscription: Subscription, after: Int64?, to writer: ResponseWriter) async throws(CommandError) {
        // A number beyond the log comes from another log: begin at the end of this one.
        let end = await self.workspace.snapshot().sequence
        var cursor = EventCursor(after: min(after ?? end, end))
        guard await writer.write("retry: 1000\n\n") else { return }
        while true {
            let stored = try await self.workspace.history(after: cursor.last, limit: Self.page)
            guard await Self.write(cursor.admit(stored), to: writer) else { return }
            if stored.count < Self.page { break }
        }
        await self.follow(subscription, &cursor, writer)
    }

    private func follow(_ subscription: Subscription, _ cursor: inout EventCursor, _ writer: ResponseWriter) async {
        let (events, source) = AsyncStream.makeStream(of: Event.self)
        // The next batch is taken only when the last one is written: the queue that is bounded is the one that fills.
        let (written, acknowledge) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
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
                case .beat: guard await writer.write(": still here\n\n") else { return }
                case .batch(let batch):
                    guard subscription.dropped == 0, await Self.write(cursor.admit(batch), to: writer) else { return }
                    acknowledge.yield()
                }
            }
        }
    }

    /// False when nobody reads any more.
    private static func write(_ signals: [Signal], to writer: ResponseWriter) async -> Bool {
        signals.isEmpty ? true : await writer.write(signals.map(EventCursor.frame).joined())
    }
}
