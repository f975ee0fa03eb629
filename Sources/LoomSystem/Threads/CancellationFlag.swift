import Synchronization

/// Tells another thread that the task that asked has been cancelled, also before that thread has heard of it.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() { flag.store(true, ordering: .releasing) }
}
