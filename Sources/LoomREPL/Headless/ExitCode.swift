package import LoomKernel

/// What the process tells the one who started it.
package enum ExitCode: Int32, Sendable, Hashable, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    /// A limit or a budget ended the work.
    case limit = 3
    /// Something had to be asked and nobody could answer: it was refused.
    case unanswered = 4
    case modelUnavailable = 5
    case interrupted = 130

    /// - Parameter modelFailed: Whether the last thing the lead's model did was to fail.
    package init(_ outcome: Outcome, modelFailed: Bool) {
        switch outcome {
        case .done: self = .done
        case .limit: self = .limit
        case .refused: self = .unanswered
        case .cancelled: self = .interrupted
        case .gaveUp: self = .failed
        case .failed: self = modelFailed ? .modelUnavailable : .failed
        }
    }
}
