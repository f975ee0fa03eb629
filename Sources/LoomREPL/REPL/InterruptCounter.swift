/// Tells the first Ctrl-C, which stops what goes on, from the second, which leaves.
struct InterruptCounter: Sendable {
    /// How soon the second must follow.
    static let window = Duration.seconds(2)
    private var last: Duration?

    /// True when this one follows another soon enough. `time` is the clock's uptime.
    mutating func press(at time: Duration) -> Bool {
        defer { self.last = time }
        guard let last else { return false }
        return time - last <= Self.window
    }
}
