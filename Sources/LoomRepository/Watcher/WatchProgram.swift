import LoomSystem

/// Where `loomkin-watch` is.
struct WatchProgram {
    static let name = "loomkin-watch"

    /// Overrides all other places, so that a development build can be tried.
    static let variable = "LOOMKIN_WATCH"

    /// Looks at the variable, beside the running program, and in PATH, in this order.
    /// - Parameter executable: the path of the running program.
    static func find(environment: [String: String], executable: String?, files: any FileSystem) -> String? {
        if let chosen = environment[variable], !chosen.isEmpty { return isProgram(chosen, files) ? chosen : nil }
        var folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        if let executable { folders.insert(FilePath.parent(of: executable), at: 0) }
        return folders.lazy.map { FilePath.join($0, name) }.first { isProgram($0, files) }
    }

    private static func isProgram(_ path: String, _ files: any FileSystem) -> Bool {
        guard let status = try? files.status(of: path) else { return false }
        return status.kind == .file && status.isExecutable
    }
}
