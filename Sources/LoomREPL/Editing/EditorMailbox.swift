import Synchronization

/// What other threads want of the thread that edits. Each wish wakes it.
final class EditorMailbox: Sendable {
    /// Bytes of output that may wait before those who print are made to wait too.
    private static let backlog = 1 << 18

    struct Wishes: Sendable {
        var output = ""
        var isResized = false
        var isContinued = false
        var isClosing = false
        var offer: Offer?
    }

    /// What the line can be completed to, as it was when somebody asked.
    struct Offer: Sendable {
        let before: String
        let completion: Completion
    }

    private struct State {
        var wishes = Wishes()
        var printers: [CheckedContinuation<Bool, Never>] = []
        var isFinished = false
        var finishers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    let pipe: WakePipe

    init(pipe: WakePipe) { self.pipe = pipe }

    func wish(_ change: @Sendable (inout Wishes) -> Void) {
        self.state.withLock { change(&$0.wishes) }
        self.pipe.wake()
    }

    /// False when the editing has ended and nobody will print it.
    func print(_ text: String) async -> Bool {
        await withCheckedContinuation { (done: CheckedContinuation<Bool, Never>) in
            let answer: Bool? = self.state.withLock { state in
                guard !state.isFinished else { return false }
                state.wishes.output += text
                guard state.wishes.output.utf8.count > Self.backlog else { return true }
                state.printers.append(done)
                return nil
            }
            self.pipe.wake()
            if let answer { done.resume(returning: answer) }
        }
    }

    /// Takes the wishes; closing is remembered for good.
    func take() -> Wishes {
        let (wishes, printers) = self.state.withLock { state in
            defer {
                state.wishes = Wishes(isClosing: state.wishes.isClosing)
                state.printers = []
            }
            return (state.wishes, state.printers)
        }
        for printer in printers { printer.resume(returning: true) }
        return wishes
    }

    /// The editing thread is done. Gives back what is still unprinted, which is the thread's to write.
    func finish() -> String {
        let (rest, printers, finishers) = self.state.withLock { state in
            state.isFinished = true
            defer {
                state.printers = []
                state.finishers = []
            }
            return (state.wishes.output, state.printers, state.finishers)
        }
        for printer in printers { printer.resume(returning: true) }
        for finisher in finishers { finisher.resume() }
        return rest
    }

    func waitUntilFinished() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            let isFinished = self.state.withLock { state in
                if !state.isFinished { state.finishers.append(done) }
                return state.isFinished
            }
            if isFinished { done.resume() }
        }
    }
}
