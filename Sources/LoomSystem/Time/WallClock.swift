/// The time of day and the passing of time.
package protocol WallClock: Sendable {
    /// The time of day; it may jump when somebody sets the machine's clock.
    var now: Timestamp { get }

    /// Time since some fixed point, never running backwards: use it to measure how long something took.
    var uptime: Duration { get }

    /// Returns when the time has passed; throws `CancellationError` when the task is cancelled before.
    func sleep(for duration: Duration) async throws
}
