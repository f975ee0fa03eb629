import LoomSystem

/// The harness of specs as it lies in the repository.
enum BundledHarness {
    /// The root of the repository.
    static var repository: String {
        var path = #filePath
        for _ in 0..<4 { path = FilePath.parent(of: path) }
        return path
    }

    static func files() throws -> [(name: String, text: String)] {
        let files = LiveFileSystem()
        let folder = repository + "/plugins/spec"
        return try files.list(folder).map { ($0.name, String(decoding: try files.read("\(folder)/\($0.name)"), as: UTF8.self)) }
    }
}
