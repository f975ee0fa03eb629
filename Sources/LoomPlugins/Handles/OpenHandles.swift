import LoomKernel
import Synchronization

/// What one owner has opened and not ended yet. It is all ended with its owner.
final class OpenHandles: Sendable {
    private static let lastNumber = Atomic<Int64>(0)

    private struct State {
        var open: [Int64: any OpenHandle] = [:]
        /// Places given out for what is being opened.
        var reserved = 0
        var ending: [Int64: Task<Void, Never>] = [:]
        var isClosed = false
    }

    /// How many may be open at once.
    private let limit: Int
    /// Where what is open is counted, over all plugins.
    private let count: Counter?
    private let state = Mutex(State())

    init(limit: Int = PluginLimits.standard.handles, count: Counter? = nil) {
        self.limit = limit
        self.count = count
    }

    /// Opens something and gives its number, which no other handle of this process ever has.
    func open<Handle: OpenHandle>(
        _ make: () async throws(ToolError) -> Handle
    ) async throws(ToolError) -> (number: Int64, handle: Handle) {
        try reserve()
        let handle: Handle
        do throws(ToolError) {
            handle = try await make()
        } catch {
            state.withLock { $0.reserved -= 1 }
            throw error
        }
        let number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        let isOpen = state.withLock { state in
            state.reserved -= 1
            if !state.isClosed {
                state.open[number] = handle
                count?.increment()
            }
            return !state.isClosed
        }
        guard isOpen else {
            await handle.end()
            throw ToolError("The call ended while it opened something.", status: .cancelled)
        }
        return (number, handle)
    }

    private func reserve() throws(ToolError) {
        let hasRoom = state.withLock { state in
            if state.open.count + state.reserved >= limit {
                for (number, handle) in state.open where handle.isOver {
                    state.open[number] = nil
                    count?.decrement()
                }
            }
            guard !state.isClosed, state.open.count + state.reserved < limit else { return false }
            state.reserved += 1
            return true
        }
        guard hasRoom else {
            throw ToolError(
                "\(limit) processes, tasks, streams and subscriptions are open, which is all that limits.handles allows. End some first.",
                code: "too_many")
        }
    }

    func handle(_ number: Int64) -> (any OpenHandle)? { state.withLock { $0.open[number] } }

    /// It has ended by itself.
    func forget(_ number: Int64) {
        if state.withLock({ $0.open.removeValue(forKey: number) }) != nil { count?.decrement() }
    }

    /// Ends it; nobody waits for that but the end of the owner.
    func dismiss(_ number: Int64) {
        state.withLock { state in
            guard let handle = state.open.removeValue(forKey: number) else { return }
            state.ending[number] = Task { [weak self, count] in
                await handle.end()
                count?.decrement()
                self?.state.withLock { _ = $0.ending.removeValue(forKey: number) }
            }
        }
    }

    /// Its owner begins anew.
    func reopen() { state.withLock { $0.isClosed = false } }

    /// Ends everything, side by side, and returns when all of it is gone. Nothing can be opened from then on.
    func endAll() async {
        let (open, ending) = state.withLock { state in
            defer { (state.open, state.ending, state.isClosed) = ([:], [:], true) }
            return (state.open, state.ending)
        }
        guard !open.isEmpty || !ending.isEmpty else { return }
        // The call may have been cancelled; putting things away is not part of what was cancelled.
        await Task {
            await withTaskGroup(of: Void.self) { group in
                for handle in open.values {
                    group.addTask { [count] in
                        await handle.end()
                        count?.decrement()
                    }
                }
                for task in ending.values { group.addTask { await task.value } }
            }
        }.value
    }
}
