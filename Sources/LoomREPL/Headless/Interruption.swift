import Synchronization

/// Whether somebody asked the run to stop.
final class Interruption: Sendable {
    private let noted = Mutex(false)

    var isNoted: Bool { self.noted.withLock { $0 } }

    func note() { self.noted.withLock { $0 = true } }
}
