import Synchronization

/// The handle of a long-lived child; when it goes, the child's group goes.
final class LiveRunningProcess: RunningProcess {
    let identity: ProcessIdentity
    let output: ByteStream<Never>
    private let id: UInt64
    private let program: String
    private let observer: StartObserver

    static func start(_ spec: ProcessSpec) async throws(ProcessError) -> LiveRunningProcess {
        let reactor = ProcessReactor.shared
        let id = reactor.newID()
        let observer = StartObserver(id: id, errorLimit: spec.outputLimit)
        let cancellation = CancellationFlag()
        let launch = ProcessReactor.Launch(
            id: id, spec: spec, keepsInputOpen: spec.takesInput, observer: observer, cancellation: cancellation)
        if !reactor.submit(.launch(launch)) { observer.failed(.noThread(spec)) }
        guard let identity = await observer.identity.value() else {
            cancellation.set()
            // It may have begun all the same, and nobody will read what it writes.
            observer.channel.abandon()
            reactor.submit(.stop(id: id, nil))
            throw .cancelled(program: spec.name)
        }
        return LiveRunningProcess(id: id, program: spec.name, identity: try identity.get(), observer: observer)
    }

    private init(id: UInt64, program: String, identity: ProcessIdentity, observer: StartObserver) {
        self.id = id
        self.program = program
        self.identity = identity
        self.observer = observer
        output = ByteStream(observer.channel)
    }

    deinit {
        stop()
    }

    var errorOutput: CapturedOutput { observer.errors.withLock { $0.captured } }

    func write(_ bytes: [UInt8]) async throws(ProcessError) {
        let done = OneShot<Bool>()
        ProcessReactor.shared.submit(.write(id: id, bytes, done: done))
        switch await done.value() {
        case true?: return
        case false?: throw .inputClosed(program: program)
        case nil: throw .cancelled(program: program)
        }
    }

    func closeInput() { ProcessReactor.shared.submit(.closeInput(id: id)) }

    func stop() { ProcessReactor.shared.submit(.stop(id: id, nil)) }

    func waitForExit() async -> ProcessTermination? { await observer.exit.value() }
}

private final class StartObserver: ChildObserver {
    let identity = OneShot<Result<ProcessIdentity, ProcessError>>()
    let exit = OneShot<ProcessTermination>()
    let errors: Mutex<HeadAndTail>
    let channel: ByteChannel<Never>

    init(id: UInt64, errorLimit: Int) {
        errors = Mutex(HeadAndTail(limit: errorLimit))
        channel = ByteChannel(
            limit: 1 << 18, cancellation: .success(()),
            onRoom: { ProcessReactor.shared.submit(.room(id: id)) },
            // A process nobody listens to may go on writing: its output is read and dropped.
            onAbandon: { ProcessReactor.shared.submit(.room(id: id)) })
    }

    func started(_ pid: Int32) {
        // The entry is there: nobody but the thread we are on can collect the process.
        identity.fulfil(.success(ProcessIdentity(pid: pid) ?? ProcessIdentity(pid: pid, startTime: 0, boot: "")))
    }

    func failed(_ error: ProcessError) { identity.fulfil(.failure(error)) }

    func hasRoom() -> Bool { channel.hasRoom() }

    func received(_ chunk: OutputChunk) {
        switch chunk.source {
        case .output: channel.send(chunk.bytes)
        case .errorOutput: errors.withLock { $0.append(chunk.bytes) }
        }
    }

    func outputClosed() { channel.finish() }

    func ended(_ termination: ProcessTermination, stop: ProcessResult.Stop?, duration: Duration) { exit.fulfil(termination) }
}
