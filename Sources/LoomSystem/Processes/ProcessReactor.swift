import CSpawn
import Glibc
import Synchronization

/// The thread that starts, serves and collects all child processes. It starts with the first of them and then stays.
final class ProcessReactor: Sendable {
    enum Command: Sendable {
        case launch(Launch)
        /// The reason is nil when the handle was closed.
        case stop(id: UInt64, ProcessResult.Stop?)
        case write(id: UInt64, [UInt8], done: OneShot<Bool>)
        case closeInput(id: UInt64)
        case room(id: UInt64)
    }

    struct Launch: Sendable {
        let id: UInt64
        let spec: ProcessSpec
        /// A long-lived child has a pipe for its input that stays open.
        let keepsInputOpen: Bool
        let observer: any ChildObserver
        /// Set when the task was cancelled, which may be before this command is read.
        let cancellation: CancellationFlag
    }

    private struct Inbox {
        var commands: [Command] = []
        /// The writing end of the pipe that wakes the thread, nil before it runs.
        var wakeEnd: Int32?
        var lastID: UInt64 = 0
    }

    static let shared = ProcessReactor()

    private let inbox = Mutex(Inbox())

    func newID() -> UInt64 {
        inbox.withLock { inbox in
            inbox.lastID += 1
            return inbox.lastID
        }
    }

    /// Hands a command to the thread; false when it could not be started.
    @discardableResult
    func submit(_ command: Command) -> Bool {
        inbox.withLock { inbox in
            if inbox.wakeEnd == nil { inbox.wakeEnd = startThread() }
            guard let wakeEnd = inbox.wakeEnd else { return false }
            inbox.commands.append(command)
            var byte: UInt8 = 1
            // A full pipe is fine: then the thread has a wake-up waiting.
            if inbox.commands.count == 1 { _ = write(wakeEnd, &byte, 1) }
            return true
        }
    }

    private func startThread() -> Int32? {
        var ends: [Int32] = [-1, -1]
        guard loom_pipe(&ends) == 0 else { return nil }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        let isReady = loom_set_nonblocking(readEnd) == 0 && loom_set_nonblocking(writeEnd) == 0
        guard isReady, DedicatedThread.start({ self.serve(wakeEnd: readEnd) }) else {
            close(readEnd)
            close(writeEnd)
            return nil
        }
        return writeEnd
    }

    private func serve(wakeEnd: Int32) {
        var children: [UInt64: Child] = [:]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            for command in takeCommands() { Self.obey(command, &children) }
            var nextWake: Duration?
            let now = LiveClock().uptime
            for (id, child) in children {
                child.advance(now: now, buffer: &buffer)
                if child.isFinished { children[id] = nil }
                if let wake = child.nextWake { nextWake = min(wake, nextWake ?? wake) }
            }
            wait(for: children.values, wakeEnd: wakeEnd, until: nextWake, &buffer)
        }
    }

    private func takeCommands() -> [Command] {
        inbox.withLock { inbox in
            defer { inbox.commands = [] }
            return inbox.commands
        }
    }

    private static func obey(_ command: Command, _ children: inout [UInt64: Child]) {
        switch command {
        case .launch(let launch):
            if launch.cancellation.isSet { return launch.observer.failed(.cancelled(program: launch.spec.name)) }
            do throws(ProcessError) {
                children[launch.id] = try Child(launch)
            } catch {
                launch.observer.failed(error)
            }
        case .stop(let id, let reason): children[id]?.stop(reason, now: LiveClock().uptime)
        case .write(let id, let bytes, let done):
            if let child = children[id] { child.write(bytes, done: done) } else { done.fulfil(false) }
        case .closeInput(let id): children[id]?.closeInputWhenWritten()
        case .room(let id): children[id]?.resumeOutput()
        }
    }

    private func wait(for children: some Collection<Child>, wakeEnd: Int32, until wake: Duration?, _ buffer: inout [UInt8]) {
        var entries = [pollfd(fd: wakeEnd, events: Int16(POLLIN), revents: 0)]
        for child in children { child.addInterests(to: &entries) }
        var milliseconds: Int32 = -1
        if let wake {
            // Rounded up, so that we don't wake just before the time and spin.
            let left = max(.zero, wake - LiveClock().uptime)
            milliseconds = Int32(clamping: (left + .nanoseconds(999_999)).wholeMilliseconds)
        }
        _ = poll(&entries, nfds_t(entries.count), milliseconds)
        if entries[0].revents != 0 {
            while read(wakeEnd, &buffer, buffer.count) == buffer.count {}
        }
    }
}
