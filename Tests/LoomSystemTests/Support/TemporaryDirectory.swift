import Glibc
import LoomSystem

/// A directory of its own for one test, removed with the last reference.
final class TemporaryDirectory: Sendable {
    /// A real path.
    let path: String

    init() throws {
        var template = Array("/tmp/loomkin-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError(.other(code: errno, text: "mkdtemp"), path: "/tmp") }
        path = try LiveFileSystem().realPath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    deinit {
        try? LiveFileSystem().remove(path, recursively: true)
    }

    func callAsFunction(_ name: String) -> String { FilePath.join(path, name) }
}
