import Synchronization

/// Changes that nobody has taken yet. However slow the reader is, there is one set of paths, and past a bound not even that:
/// then everything is to be looked at again.
final class ChangeMailbox: Sendable {
    /// Reading so many files one by one costs as much as a look at everything.
    static let pathLimit = 4096

    private struct State {
        var paths: Set<String> = []
        var needsRescan = false
        var troubles: [Watcher.Trouble] = []
        var isClosed = false
        var reader: CheckedContinuation<Watcher.Change?, Never>?

        /// Troubles first, since they explain the rest; after a look at everything no single path matters.
        mutating func next() -> Watcher.Change? {
            if !troubles.isEmpty { return .trouble(troubles.removeFirst()) }
            if needsRescan {
                needsRescan = false
                paths = []
                return .rescan
            }
            defer { paths = [] }
            return paths.isEmpty ? nil : .changed(paths)
        }
    }

    private let state = Mutex(State())

    func put(_ change: Watcher.Change) {
        update { state in
            switch change {
            case .changed(let paths):
                state.paths.formUnion(paths)
                if state.paths.count > Self.pathLimit { state.needsRescan = true }
                if state.needsRescan { state.paths = [] }
            case .rescan: state.needsRescan = true
            case .trouble(let trouble):
                if !state.troubles.contains(trouble) { state.troubles.append(trouble) }
            }
        }
    }

    /// What is there is still delivered; then the stream ends.
    func close() {
        update { $0.isClosed = true }
    }

    private func update(_ change: (inout State) -> Void) {
        let (reader, next) = state.withLock { state -> (CheckedContinuation<Watcher.Change?, Never>?, Watcher.Change?) in
            guard !state.isClosed else { return (nil, nil) }
            change(&state)
            guard let reader = state.reader else { return (nil, nil) }
            let next = state.next()
            guard next != nil || state.isClosed else { return (nil, nil) }
            state.reader = nil
            return (reader, next)
        }
        reader?.resume(returning: next)
    }

    /// For one reader. Nil when closed.
    func take() async -> Watcher.Change? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isDecided, next) = state.withLock { state -> (Bool, Watcher.Change?) in
                    let next = state.next()
                    if next != nil || state.isClosed || Task.isCancelled { return (true, next) }
                    state.reader = continuation
                    return (false, nil)
                }
                if isDecided { continuation.resume(returning: next) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }
}
