import Synchronization

/// What comes in for one reader, who need not wait for ever. Whoever brings it waits while too much lies here.
package final class Inflow<Element: Sendable>: Sendable {
    package enum Taken: Sendable {
        case element(Element)
        case ended
        case timedOut
        /// Another reader waits already.
        case busy
    }

    private struct Reader {
        let id: Int
        let continuation: CheckedContinuation<Taken, Never>
        var timer: Task<Void, Never>?

        func resume(_ taken: Taken) {
            timer?.cancel()
            continuation.resume(returning: taken)
        }
    }

    private struct State {
        var queue: [Element] = []
        var isEnded = false
        var reader: Reader?
        var lastReader = 0
        var writers: [CheckedContinuation<Void, Never>] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: How many elements may lie here before their bringer waits.
    package init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Returns when there is room for more; after the end it is dropped.
    package func put(_ element: Element) async {
        let reader = state.withLock { state -> Reader? in
            guard !state.isEnded else { return nil }
            if let reader = state.reader.take() { return reader }
            state.queue.append(element)
            return nil
        }
        if let reader { return reader.resume(.element(element)) }
        await withCheckedContinuation { continuation in
            let mayGoOn = state.withLock { state in
                if state.isEnded || state.queue.count < capacity { return true }
                state.writers.append(continuation)
                return false
            }
            if mayGoOn { continuation.resume() }
        }
    }

    /// The end, behind what lies here.
    package func finish() { end(droppingRest: false) }

    /// Nobody will read any more.
    package func abandon() { end(droppingRest: true) }

    private func end(droppingRest: Bool) {
        let (reader, writers) = state.withLock { state in
            state.isEnded = true
            if droppingRest { state.queue = [] }
            defer { state.writers = [] }
            return (state.reader.take(), state.writers)
        }
        reader?.resume(.ended)
        writers.forEach { $0.resume() }
    }

    /// The next element, waiting for it at most so long; a cancelled task gets the end.
    package func take(within limit: Duration? = nil, clock: any WallClock) async -> Taken {
        let id = state.withLock { state in
            state.lastReader += 1
            return state.lastReader
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, writers) = state.withLock { state -> (Taken?, [CheckedContinuation<Void, Never>]) in
                    if !state.queue.isEmpty {
                        let first = state.queue.removeFirst()
                        defer { state.writers = [] }
                        return (.element(first), state.writers)
                    }
                    if state.isEnded || Task.isCancelled { return (.ended, []) }
                    if state.reader != nil { return (.busy, []) }
                    state.reader = Reader(id: id, continuation: continuation)
                    return (nil, [])
                }
                writers.forEach { $0.resume() }
                if let ready { return continuation.resume(returning: ready) }
                if let limit { watch(id, limit, clock) }
            }
        } onCancel: {
            release(id, .ended)
        }
    }

    private func watch(_ id: Int, _ limit: Duration, _ clock: any WallClock) {
        let timer = Task { [weak self] in
            guard (try? await clock.sleep(for: limit)) != nil else { return }
            self?.release(id, .timedOut)
        }
        let isStillThere = state.withLock { state in
            guard state.reader?.id == id else { return false }
            state.reader?.timer = timer
            return true
        }
        if !isStillThere { timer.cancel() }
    }

    private func release(_ id: Int, _ taken: Taken) {
        let reader = state.withLock { state in state.reader?.id == id ? state.reader.take() : nil }
        reader?.resume(taken)
    }
}
