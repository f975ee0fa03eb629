import DequeModule
import Synchronization

/// What an agent's actor is told, in order. Bounded by nature: a poke comes once for each message, a result once for each call.
package final class Mailbox<Element: Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State {
        var queue = Deque<Element>()
        var reader: CheckedContinuation<Element?, Never>?
        var isClosed = false
    }

    package init() {}

    /// False when it is closed: nobody will read this.
    @discardableResult
    package func send(_ element: Element) -> Bool {
        let (accepted, reader) = self.state.withLock { state -> (Bool, CheckedContinuation<Element?, Never>?) in
            guard !state.isClosed else { return (false, nil) }
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            state.queue.append(element)
            return (true, nil)
        }
        reader?.resume(returning: element)
        return accepted
    }

    /// Whether nothing waits to be taken.
    package var isEmpty: Bool { self.state.withLock { $0.queue.isEmpty } }

    /// The next element; nil when sealed or closed. One reader at a time: its cancellation seals.
    package func next() async -> Element? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Element?? = self.state.withLock { state in
                    if state.isClosed || Task.isCancelled { return .some(nil) }
                    if let first = state.queue.popFirst() { return .some(first) }
                    state.reader = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            self.seal()
        }
    }

    /// Takes nothing more in. The reader gets nil, and what waits is left for whoever closes.
    package func seal() { self.end { _ in } }

    /// Ends it and returns what nobody will read.
    @discardableResult
    package func close() -> [Element] {
        self.end { queue in
            defer { queue = [] }
            return Array(queue)
        }
    }

    private func end<Result: Sendable>(_ body: (inout Deque<Element>) -> Result) -> Result {
        let (reader, result) = self.state.withLock { state in
            state.isClosed = true
            defer { state.reader = nil }
            return (state.reader, body(&state.queue))
        }
        reader?.resume(returning: nil)
        return result
    }
}
