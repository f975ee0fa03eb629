import Testing

@testable import LoomRepository

@Suite struct BackoffTests {
    @Test func `pauses double up to a bound, and begin anew after a run that lasted`() {
        var backoff = Backoff()
        let short: Duration = .seconds(1)
        var pauses = (0..<11).map { _ in backoff.next(afterRunning: short) }
        #expect(pauses.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(pauses.suffix(2) == [Backoff.longest, Backoff.longest])
        pauses = [backoff.next(afterRunning: Backoff.lasting), backoff.next(afterRunning: short)]
        #expect(pauses == [Backoff.shortest, Backoff.shortest * 2])
    }
}
