import Testing

@testable import LoomSystem

@Suite struct ProgramTextTests {
    @Test func `the program's own code is found in its memory, and it runs on after its pages were given back`() throws {
        let mappings = ProgramText.mappings()
        #expect(!mappings.isEmpty)
        #expect(mappings.allSatisfy { $0.start % 4096 == 0 && $0.length > 0 })
        ProgramText.releaseUnused()
        #expect(JSON.array([1, "a"]).text() == "[1,\"a\"]")
        #expect(ProgramText.mappings().map(\.start) == mappings.map(\.start))
    }
}
