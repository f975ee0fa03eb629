import Glibc
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

    /// As a child has between its fork and its exec.
    @Test("falls when it is let go, also while a copy of its descriptor is open")
    func copied() throws {
        let folder = try TemporaryDirectory()
        var lock = try FileLock.take(folder("lock"))
        let mine = try #require((3..<1_024).first { Self.path(of: $0) == folder("lock") })
        let copy = dup(mine)
        defer { close(copy) }
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try FileLock.take(folder("lock")) != nil)
    }

    private static func path(of descriptor: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
