import Synchronization

/// Plays processes for tests: each run is answered by a closure, and what was asked is kept.
package final class ScriptedProcessRunner: ProcessRunner {
    package typealias Answer = @Sendable (ProcessSpec) async throws(ProcessError) -> ProcessResult
    package typealias Start = @Sendable (ProcessSpec) async throws(ProcessError) -> ScriptedProcess

    private let answer: Answer
    private let onStart: Start
    private let asked = Mutex<[ProcessSpec]>([])

    /// Without closures every program is unknown.
    package init(
        run: @escaping Answer = { (spec) throws(ProcessError) in throw .notFound(program: spec.name) },
        start: @escaping Start = { (spec) throws(ProcessError) in throw .notFound(program: spec.name) }
    ) {
        answer = run
        onStart = start
    }

    /// What was run and started until now, in order.
    package var specs: [ProcessSpec] { asked.withLock { $0 } }

    package func run(_ spec: ProcessSpec, onOutput: (@Sendable (OutputChunk) -> Void)?) async throws(ProcessError) -> ProcessResult {
        asked.withLock { $0.append(spec) }
        let result = try await answer(spec)
        for (source, output) in [(OutputChunk.Source.output, result.output), (.errorOutput, result.errorOutput)] {
            let bytes = output.head + output.tail
            if !bytes.isEmpty { onOutput?(OutputChunk(source: source, bytes: bytes)) }
        }
        return result
    }

    package func start(_ spec: ProcessSpec) async throws(ProcessError) -> any RunningProcess {
        asked.withLock { $0.append(spec) }
        return try await onStart(spec)
    }
}

/// A long-lived process whose output a test plays.
package final class ScriptedProcess: RunningProcess {
    package let identity: ProcessIdentity
    package let output: ByteStream<Never>
    /// What was written to it, piece by piece.
    package let input: AsyncStream<[UInt8]>

    private let channel: ByteChannel<Never>
    private let inputContinuation: AsyncStream<[UInt8]>.Continuation
    private let errors = Mutex(CapturedOutput())
    private let termination = OneShot<ProcessTermination>()

    package init(pid: Int32 = 4_711) {
        identity = ProcessIdentity(pid: pid, startTime: 1, boot: "scripted")
        channel = ByteChannel(limit: .max, cancellation: .success(()))
        output = ByteStream(channel)
        (input, inputContinuation) = AsyncStream.makeStream()
    }

    package func emit(_ text: String) { channel.send(Array(text.utf8)) }

    package func emitError(_ text: String) { errors.withLock { $0 = CapturedOutput($0.head + text.utf8) } }

    /// Ends the output, then the process.
    package func exit(_ end: ProcessTermination) {
        channel.finish()
        inputContinuation.finish()
        termination.fulfil(end)
    }

    package var errorOutput: CapturedOutput { errors.withLock { $0 } }

    package func write(_ bytes: [UInt8]) async throws(ProcessError) {
        guard case .enqueued = inputContinuation.yield(bytes) else { throw .inputClosed(program: "the scripted process") }
    }

    package func closeInput() { inputContinuation.finish() }

    /// As if TERM ended it.
    package func stop() { exit(.signalled(15)) }

    package func waitForExit() async -> ProcessTermination? { await termination.value() }
}
