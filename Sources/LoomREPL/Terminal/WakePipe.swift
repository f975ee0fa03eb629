import Glibc

/// A pipe that ends another thread's wait in `poll`.
final class WakePipe: Sendable {
    let reader: Int32
    private let writer: Int32

    /// Nil when there are no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.reader = ends[0]
        self.writer = ends[1]
    }

    deinit {
        close(self.reader)
        close(self.writer)
    }

    /// A full pipe is as good as one more byte: the reader will wake.
    func wake() {
        var byte: UInt8 = 1
        _ = write(self.writer, &byte, 1)
    }

    /// Takes the bytes out, so that the next `poll` waits again.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(self.reader, &bytes, bytes.count) > 0 {}
    }
}
