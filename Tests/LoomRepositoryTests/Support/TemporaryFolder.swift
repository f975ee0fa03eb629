import LoomSystem
import Testing

/// Runs the body with a folder of its own, whose path has no symbolic link in it, and removes it afterwards.
func withTemporaryFolder<Result>(_ body: (_ path: String) async throws -> Result) async throws -> Result {
    let folder = try makeTemporaryFolder()
    defer { try? LiveFileSystem().remove(folder, recursively: true) }
    return try await body(folder)
}

private func makeTemporaryFolder() throws -> String {
    let files = LiveFileSystem()
    let folder = try files.realPath("/tmp") + "/loomkin-tests-\(UInt64.random(in: 0 ... .max))"
    try files.makeDirectory(folder)
    return folder
}

/// Writes files with their folders; the keys are paths below `folder`.
func write(_ contents: [String: String], in folder: String) throws {
    for (path, text) in contents {
        try LiveFileSystem().write(text, to: FilePath.join(folder, path), options: .init(createsParents: true))
    }
}
