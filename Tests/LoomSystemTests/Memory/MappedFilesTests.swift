import Testing

@testable import LoomSystem

@Suite struct MappedFilesTests {
    @Test func `the code of the program and its libraries is found, and all runs on after its pages were given back`() throws {
        let mappings = MappedFiles.unchanged()
        #expect(mappings.count > 2)
        #expect(mappings.allSatisfy { $0.start % 4096 == 0 && $0.length > 0 })
        for _ in 1...20 {
            MappedFiles.releaseUnused()
            #expect(JSON.array([1, "a"]).text() == "[1,\"a\"]")
            #expect(Hash.sha256([1, 2, 3]).count == 64)
        }
    }
}
