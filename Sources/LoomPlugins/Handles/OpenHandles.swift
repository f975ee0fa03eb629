import LoomKernel
import Synchronization

/// What one owner has opened and not ended yet. It is all ended with its owner.
final class OpenHandles: Sendable {
    /// How many may be open at once.
    static let limit = 64

    private static let lastNumber = Atomic<Int64>(0)

    private struct State {
        var open: [Int64: any OpenHandle] = [:]
        /// Places given out for what is being opened.
        var reserved = 0
        var ending: [Int64: Task<Void, Never>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

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
            if !state.isClosed { state.open[number] = handle }
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
            if state.open.count + state.reserved >= Self.limit { state.open = state.open.filter { !$0.value.isOver } }
            guard !state.isClosed, state.open.count + state.reserved < Self.limit else { return false }
            state.reserved += 1
            return true
        }
        guard hasRoom else {
            throw ToolError(
                "\(Self.limit) processes, tasks, streams and subscriptions are open, which is the limit. End some first.",
                code: "too_many")
        }
    }

    func handle(_ number: Int64) -> (any OpenHandle)? { state.withLock { $0.open[number] } }

    /// It has ended by itself.
    func forget(_ number: Int64) { state.withLock { _ = $0.open.removeValue(forKey: number) } }

    /// Ends it; nobody waits for that but the end of the owner.
    func dismiss(_ number: Int64) {
        state.withLock { state in
            guard let handle = state.open.removeValue(forKey: number) else { return }
            state.ending[number] = Task { [weak self] in
                await handle.end()
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
                for handle in open.values { group.addTask { await handle.end() } }
                for task in ending.values { group.addTask { await task.value } }
            }
        }.value
    }
}
