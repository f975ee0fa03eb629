/// How long to wait before a program that ended is started again.
struct Backoff: Sendable {
    /// A first end may be an accident: somebody killed it.
    static let shortest: Duration = .milliseconds(100)
    /// A program that never lasts costs next to nothing at this pace, and is still back soon after it is mended.
    static let longest: Duration = .seconds(30)
    /// Whatever ran so long has worked, so its end counts as a first one.
    static let lasting: Duration = .seconds(60)

    private var delay: Duration?

    mutating func next(afterRunning time: Duration) -> Duration {
        let next = if let delay, time < Self.lasting { min(delay * 2, Self.longest) } else { Self.shortest }
        delay = next
        return next
    }
}
