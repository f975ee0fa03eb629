import Glibc
package import LoomSystem

/// Where `loomkin-watch` is.
package enum WatchProgram {
    static let name = "loomkin-watch"

    /// Overrides all other places, so that a development build can be tried.
    static let variable = "LOOMKIN_WATCH"

    package static func find(files: any FileSystem) -> String? {
        find(executable: try? files.realPath("/proc/self/exe"), files: files) { name in
            getenv(name).map { String(cString: $0) }
        }
    }

    /// Looks at the variable, beside the running program, and in PATH, in this order.
    /// - Parameters:
    ///   - executable: the path of the running program.
    ///   - variable: gives the value of a variable of the environment.
    static func find(executable: String?, files: any FileSystem, variable: (_ name: String) -> String?) -> String? {
        if let chosen = variable(Self.variable), !chosen.isEmpty { return isProgram(chosen, files) ? chosen : nil }
        var folders = (variable("PATH") ?? "").split(separator: ":").map(String.init)
        if let executable { folders.insert(FilePath.parent(of: executable), at: 0) }
        return folders.lazy.map { FilePath.join($0, name) }.first { isProgram($0, files) }
    }

    private static func isProgram(_ path: String, _ files: any FileSystem) -> Bool {
        guard let status = try? files.status(of: path) else { return false }
        return status.kind == .file && status.isExecutable
    }
}
