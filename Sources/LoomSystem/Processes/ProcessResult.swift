/// How a process ended.
package enum ProcessTermination: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    package var description: String {
        switch self {
        case .exited(let code): "exit status \(code)"
        case .signalled(let number): "signal \(number)"
        }
    }
}

package struct ProcessResult: Sendable, Hashable {
    /// Why we ended the process ourselves.
    package enum Stop: Sendable, Hashable {
        case timedOut
        case cancelled
    }

    package var termination: ProcessTermination
    /// Nil when it ended by itself.
    package var stop: Stop?
    package var output: CapturedOutput
    /// Empty when it was merged into the output.
    package var errorOutput: CapturedOutput
    /// Wall time until the last process of the group was gone.
    package var duration: Duration

    package init(
        termination: ProcessTermination = .exited(0),
        stop: Stop? = nil,
        output: CapturedOutput = CapturedOutput(),
        errorOutput: CapturedOutput = CapturedOutput(),
        duration: Duration = .zero
    ) {
        self.termination = termination
        self.stop = stop
        self.output = output
        self.errorOutput = errorOutput
        self.duration = duration
    }

    /// Ended by itself with status 0.
    package var succeeded: Bool { termination == .exited(0) && stop == nil }
}

/// A piece of output as it arrived.
package struct OutputChunk: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        case output
        case errorOutput
    }

    package let source: Source
    package let bytes: [UInt8]

    package init(source: Source, bytes: [UInt8]) {
        self.source = source
        self.bytes = bytes
    }
}

/// Why a process could not be started or spoken to.
package enum ProcessError: Error, Hashable, Sendable, CustomStringConvertible {
    case notFound(program: String)
    case notExecutable(program: String)
    case workingDirectoryMissing(path: String)
    case invalidText(program: String)
    /// Before it was started; a started process gives a result that says so.
    case cancelled(program: String)
    case inputClosed(program: String)
    case other(program: String, text: String)

    package var description: String {
        switch self {
        case .notFound(let program): "\(program) was not found: check that it is installed and on the PATH."
        case .notExecutable(let program): "\(program) can't be run: it is not executable for this user."
        case .workingDirectoryMissing(let path): "\(path), where the command should run, is not a directory one can enter."
        case .invalidText(let program): "\(program) was not started: a NUL byte stands in its arguments or environment."
        case .cancelled(let program): "\(program) was not started: the task was cancelled."
        case .inputClosed(let program): "\(program) no longer reads its input."
        case .other(let program, let text): "\(program) could not be run: \(text)."
        }
    }
}
