import LoomKernel
import LoomSystem

/// Where one reader of the event stream has come to. Pure, so that "no gap, no duplicate" is a test without a socket.
struct EventCursor: Equatable {
    /// Sequence of the last kept signal that was written.
    private(set) var last: Int64

    init(after last: Int64) {
        self.last = last
    }

    /// The signals of a batch that this reader has not had, in order. What is not kept has no number and always passes.
    mutating func admit(_ batch: [Signal]) -> [Signal] {
        batch.filter { signal in
            guard signal.sequence > 0 else { return true }
            guard signal.sequence > self.last else { return false }
            self.last = signal.sequence
            return true
        }
    }

    /// One event of the stream. Only kept signals have an `id`, so a reader resumes from what the log can give again.
    static func frame(_ signal: Signal) -> String {
        let data = (try? JSON(encoding: signal))?.text() ?? "{}"
        return (signal.sequence > 0 ? "id: \(signal.sequence)\n" : "") + "data: \(data)\n\n"
    }
}
