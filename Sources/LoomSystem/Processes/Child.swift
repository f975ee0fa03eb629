import CSpawn
import Glibc

/// One child and its group, known to the reactor's thread alone.
final class Child {
    private enum Phase {
        case running(deadline: Duration?)
        /// TERM was sent to the group.
        case ending(killAt: Duration)
        /// KILL was sent; only processes stuck in the kernel outlive it, and we don't wait for them for ever.
        case killed(giveUpAt: Duration)
    }

    private let pid: pid_t
    private let grace: Duration
    private let observer: any ChildObserver
    private let startedAt: Duration
    /// Readable when the leader has ended; -1 where the kernel has no such thing, then we look every few milliseconds.
    private let exitSignal: Int32
    private var phase: Phase
    private var stop: ProcessResult.Stop?
    private var termination: ProcessTermination?
    private var isGroupGone = false
    private var nextGroupCheck = Duration.zero
    private var checkInterval = Duration.milliseconds(2)
    private var hasReportedEnd = false
    private var input: ChildInput
    private var output: Int32
    private var errorOutput: Int32
    private var isOutputPaused = false
    private(set) var nextWake: Duration?

    init(_ launch: ProcessReactor.Launch) throws(ProcessError) {
        let spec = launch.spec
        let child = try SpawnedChild(spec, withInput: launch.keepsInputOpen || !spec.input.isEmpty)
        pid = child.pid
        grace = spec.grace
        observer = launch.observer
        let now = LiveClock().uptime
        startedAt = now
        exitSignal = loom_pidfd_open(child.pid)
        phase = .running(deadline: spec.timeout.map { now + $0 })
        input = ChildInput(descriptor: child.input, bytes: spec.input, closesWhenWritten: !launch.keepsInputOpen)
        output = child.output
        errorOutput = child.errorOutput
        observer.started(pid)
    }

    deinit {
        for descriptor in [exitSignal, output, errorOutput] where descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// No process, no pipe is left.
    var isFinished: Bool { hasReportedEnd && termination != nil && output < 0 && errorOutput < 0 }

    func write(_ bytes: [UInt8], done: OneShot<Bool>) { input.enqueue(bytes, done: done) }

    func closeInputWhenWritten() { input.closeWhenWritten() }

    func resumeOutput() { isOutputPaused = false }

    /// Asks the group to end; the first reason counts.
    func stop(_ reason: ProcessResult.Stop?, now: Duration) {
        guard case .running = phase, !isGroupGone else {
            if isGroupGone { closeOutput() }
            return
        }
        // A leader that ended by itself keeps its own result, whatever becomes of its background children.
        if termination == nil { stop = reason }
        terminate(now: now)
    }

    private func terminate(now: Duration) {
        kill(-pid, SIGTERM)
        // A stopped process sees the TERM only when it goes on.
        kill(-pid, SIGCONT)
        phase = .ending(killAt: now + grace)
    }

    func addInterests(to entries: inout [pollfd]) {
        func add(_ descriptor: Int32, _ events: Int32) {
            if descriptor >= 0 { entries.append(pollfd(fd: descriptor, events: Int16(events), revents: 0)) }
        }
        if termination == nil { add(exitSignal, POLLIN) }
        if !isOutputPaused { add(output, POLLIN) }
        add(errorOutput, POLLIN)
        if input.hasPending { add(input.descriptor, POLLOUT) }
    }

    /// Does whatever can be done now, and says in `nextWake` when to come back at the latest.
    func advance(now: Duration, buffer: inout [UInt8]) {
        input.writePending()
        readAll(&buffer)
        collectLeader()
        if termination != nil, !isGroupGone { checkGroup(now: now) }
        switch phase {
        case .running(let deadline?) where termination == nil && now >= deadline: stop(.timedOut, now: now)
        case .ending(let killAt) where !isGroupGone && now >= killAt:
            kill(-pid, SIGKILL)
            phase = .killed(giveUpAt: now + .seconds(5))
        case .killed(let giveUpAt) where !isGroupGone && now >= giveUpAt: giveUp(now: now)
        default: break
        }
        if isGroupGone { finish(now: now, &buffer) }
        nextWake = wakeTime(now: now)
    }

    private func wakeTime(now: Duration) -> Duration? {
        if isGroupGone { return nil }
        var wake: Duration?
        switch phase {
        case .running(let deadline): wake = deadline
        case .ending(let killAt): wake = killAt
        case .killed: wake = now + (hasReportedEnd ? .seconds(1) : .milliseconds(20))
        }
        if termination != nil { wake = min(nextGroupCheck, wake ?? nextGroupCheck) }
        if termination == nil, exitSignal < 0 { wake = min(now + .milliseconds(10), wake ?? .seconds(Int64.max)) }
        return wake
    }

    // MARK: - Processes

    private func collectLeader() {
        guard termination == nil else { return }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return }
        let signal = status & 0x7F
        termination = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    /// After the leader has ended: is anybody left, such as a child in the background?
    ///
    /// Once the leader is collected its pid could be given to another group, but only after this group is empty and all other
    /// pids were used in turn, which takes far longer than the milliseconds between two of these checks.
    private func checkGroup(now: Duration) {
        guard now >= nextGroupCheck else { return }
        guard kill(-pid, 0) == 0, ProcessTable.hasLiveMember(ofGroup: pid) else {
            isGroupGone = true
            return
        }
        if case .running = phase { terminate(now: now) }
        nextGroupCheck = now + checkInterval
        checkInterval = min(checkInterval * 2, .milliseconds(50))
    }

    private func finish(now: Duration, _ buffer: inout [UInt8]) {
        input.close()
        readAll(&buffer)
        // Whoever still holds these pipes has left the group; what the group wrote was in them and has been read.
        if !isOutputPaused { closeOutput() }
        reportEnd(now: now)
    }

    /// A process is stuck in the kernel, for example on a dead network disk: nobody needs to wait for it with us.
    private func giveUp(now: Duration) {
        isGroupGone = termination != nil
        closeOutput()
        reportEnd(now: now)
    }

    private func reportEnd(now: Duration) {
        if hasReportedEnd { return }
        hasReportedEnd = true
        observer.ended(termination ?? .signalled(SIGKILL), stop: stop, duration: now - startedAt)
    }

    // MARK: - Output

    private func closeOutput() {
        close(.output)
        close(.errorOutput)
    }

    private func close(_ source: OutputChunk.Source) {
        let descriptor = descriptor(of: source)
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        switch source {
        case .output:
            output = -1
            observer.outputClosed()
        case .errorOutput: errorOutput = -1
        }
    }

    private func descriptor(of source: OutputChunk.Source) -> Int32 { source == .output ? output : errorOutput }

    private func readAll(_ buffer: inout [UInt8]) {
        read(.errorOutput, &buffer)
        if !isOutputPaused { read(.output, &buffer) }
    }

    /// Up to a megabyte, the most a pipe can hold, so that one talkative child can't starve the others.
    private func read(_ source: OutputChunk.Source, _ buffer: inout [UInt8]) {
        let descriptor = descriptor(of: source)
        guard descriptor >= 0 else { return }
        for _ in 0..<16 {
            if source == .output, !observer.hasRoom() {
                isOutputPaused = true
                return
            }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                observer.received(OutputChunk(source: source, bytes: Array(buffer[..<count])))
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                return close(source)
            } else if errno == EAGAIN {
                return
            }
        }
    }
}
