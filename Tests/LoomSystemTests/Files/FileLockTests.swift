import LoomSystem
import Testing

@Suite("A lock between processes") struct FileLockTests {
    @Test("is held by one, until that lets it go")
    func one() throws {
        let folder = try TemporaryDirectory()
        var lock = try FileLock.take(folder("lock"))
        #expect(lock != nil)
        #expect(try FileLock.take(folder("lock")) == nil)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try FileLock.take(folder("lock")) != nil)
        #expect(throws: FileError(.notFound, path: folder("none/lock"))) { try FileLock.take(folder("none/lock")) }
    }
}
