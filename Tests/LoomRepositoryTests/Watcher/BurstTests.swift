import Testing

@testable import LoomRepository

@Suite struct BurstTests {
    @Test func `a burst ends when it is quiet`() {
        var burst = Burst()
        #expect(burst.deadline == nil)
        burst.add("a", at: .milliseconds(100))
        #expect(burst.deadline == .milliseconds(108))
        burst.add("b", at: .milliseconds(105))
        #expect(burst.deadline == .milliseconds(113))
        let paths = burst.take()
        #expect(paths == ["a", "b"])
        #expect(burst.deadline == nil)
        burst.add("a", at: .milliseconds(300))
        #expect(burst.deadline == .milliseconds(308))
    }

    @Test func `a burst that never gets quiet ends all the same`() throws {
        var burst = Burst()
        for time in stride(from: 0, through: 200, by: 5) {
            burst.add("a", at: .milliseconds(time))
        }
        #expect(burst.deadline == Burst.longest)
    }
}
