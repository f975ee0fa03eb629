/// Runs programs of the machine.
package protocol ProcessRunner: Sendable {
    /// Runs to the end and returns what it wrote; a bad exit status is a result, not an error.
    ///
    /// When this returns, no process of the child's group is left: not after a timeout, not after the task was cancelled,
    /// and no background child either. Only a process that left the group by `setsid` gets away.
    ///
    /// - Parameter onOutput: Called for each piece as it arrives, in order, on a thread that serves all processes: it must
    ///   be quick.
    func run(_ spec: ProcessSpec, onOutput: (@Sendable (OutputChunk) -> Void)?) async throws(ProcessError) -> ProcessResult

    /// Starts a process that lives longer than one question, such as a watcher or a server.
    func start(_ spec: ProcessSpec) async throws(ProcessError) -> any RunningProcess
}

extension ProcessRunner {
    package func run(_ spec: ProcessSpec) async throws(ProcessError) -> ProcessResult {
        try await run(spec, onOutput: nil)
    }
}

/// A process that was started. Its group is ended when the last reference to it goes.
package protocol RunningProcess: AnyObject, Sendable {
    var identity: ProcessIdentity { get }

    /// What it writes, for one consumer; one that does not read makes the process wait. It ends with the group.
    var output: ByteStream<Never> { get }

    /// The start and end of its error output until now; empty when that is merged.
    var errorOutput: CapturedOutput { get }

    /// Returns when the bytes are in the pipe; writes do not overtake each other.
    func write(_ bytes: [UInt8]) async throws(ProcessError)

    /// Closes its standard input.
    func closeInput()

    /// Asks the group to end: TERM, and KILL after the grace.
    func stop()

    /// Returns when no process of the group is left, or nil when the waiting task is cancelled.
    func waitForExit() async -> ProcessTermination?
}
