import Dispatch
import Glibc
import Synchronization

/// Writes text to a file descriptor in order, off the threads that run tasks: a reader that is slow slows the writer, and
/// a reader that went away ends the output, never the process.
package final class OutputPort: Sendable {
    package let descriptor: Int32
    private let queue = DispatchQueue(label: "loomkin.output")
    private let broken = Mutex(false)

    /// The descriptor stays the caller's. `SIGPIPE` is ignored from now on.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
        signal(SIGPIPE, SIG_IGN)
    }

    /// True once nobody reads any more; what is written then is dropped.
    package var isBroken: Bool { self.broken.withLock { $0 } }

    package func write(_ text: String) async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            self.queue.async {
                self.send(text)
                done.resume()
            }
        }
    }

    private func send(_ text: String) {
        guard !self.isBroken else { return }
        if !writeAll(text, to: self.descriptor) { self.broken.withLock { $0 = true } }
    }
}

/// Writes all of it, waiting where the descriptor is slow. False when it can't be written to any more.
func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = ArraySlice(Array(text.utf8))
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 {
            bytes = bytes.dropFirst(count)
        } else if errno == EAGAIN {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&ready, 1, -1)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}
