import Synchronization

/// Runs programs of the machine, each in a process group of its own.
package struct LiveProcessRunner: ProcessRunner {
    package init() {}

    package func run(_ spec: ProcessSpec, onOutput: (@Sendable (OutputChunk) -> Void)?) async throws(ProcessError) -> ProcessResult {
        let observer = RunObserver(spec, onOutput: onOutput)
        let reactor = ProcessReactor.shared
        let id = reactor.newID()
        let cancellation = CancellationFlag()
        let launch = ProcessReactor.Launch(id: id, spec: spec, keepsInputOpen: false, observer: observer, cancellation: cancellation)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                observer.wait(with: continuation)
                if !reactor.submit(.launch(launch)) { observer.failed(.noThread(spec)) }
            }
        } onCancel: {
            cancellation.set()
            reactor.submit(.stop(id: id, .cancelled))
        }
        return try result.get()
    }

    package func start(_ spec: ProcessSpec) async throws(ProcessError) -> any RunningProcess {
        try await LiveRunningProcess.start(spec)
    }
}

extension ProcessError {
    static func noThread(_ spec: ProcessSpec) -> ProcessError {
        .other(program: spec.name, text: "the system has no thread or pipe to give")
    }
}

/// Gathers what a process writes until it is gone.
private final class RunObserver: ChildObserver {
    typealias Outcome = Result<ProcessResult, ProcessError>

    private struct State {
        var output: OutputRecorder
        var errorOutput: OutputRecorder
        var redaction: StreamRedaction
        var errorRedaction: StreamRedaction
        var continuation: CheckedContinuation<Outcome, Never>?
    }

    private let onOutput: (@Sendable (OutputChunk) -> Void)?
    private let state: Mutex<State>

    init(_ spec: ProcessSpec, onOutput: (@Sendable (OutputChunk) -> Void)?) {
        self.onOutput = onOutput
        func recorder(_ suffix: String) -> OutputRecorder {
            OutputRecorder(limit: spec.outputLimit, spillPath: spec.spillPath.map { $0 + suffix }, spillLimit: spec.spillLimit)
        }
        let redaction = StreamRedaction(spec.redactions)
        state = Mutex(
            State(output: recorder(""), errorOutput: recorder(".err"), redaction: redaction, errorRedaction: redaction))
    }

    func wait(with continuation: CheckedContinuation<Outcome, Never>) {
        state.withLock { $0.continuation = continuation }
    }

    func started(_ pid: Int32) {}

    func failed(_ error: ProcessError) { complete { _ in .failure(error) } }

    func hasRoom() -> Bool { true }

    func received(_ chunk: OutputChunk) {
        let bytes = state.withLock { state in
            switch chunk.source {
            case .output:
                let bytes = state.redaction.pass(chunk.bytes)
                state.output.record(bytes)
                return bytes
            case .errorOutput:
                let bytes = state.errorRedaction.pass(chunk.bytes)
                state.errorOutput.record(bytes)
                return bytes
            }
        }
        if !bytes.isEmpty { onOutput?(OutputChunk(source: chunk.source, bytes: bytes)) }
    }

    func outputClosed() {}

    func ended(_ termination: ProcessTermination, stop: ProcessResult.Stop?, duration: Duration) {
        complete { state in
            state.output.record(state.redaction.finish())
            state.errorOutput.record(state.errorRedaction.finish())
            return .success(
                ProcessResult(
                    termination: termination, stop: stop, output: state.output.finish(), errorOutput: state.errorOutput.finish(),
                    duration: duration))
        }
    }

    private func complete(_ outcome: (inout State) -> Outcome) {
        let (continuation, outcome) = state.withLock { state -> (CheckedContinuation<Outcome, Never>?, Outcome) in
            defer { state.continuation = nil }
            return (state.continuation, outcome(&state))
        }
        continuation?.resume(returning: outcome)
    }
}
