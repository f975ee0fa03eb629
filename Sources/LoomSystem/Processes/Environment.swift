import CSpawn
import Glibc

/// Programs by name.
package enum Executable {
    /// The path of a program in a list of directories like `PATH`, nil when none of them has it.
    ///
    /// Relative directories are passed over: what they mean changes with the working directory.
    package static func find(_ name: String, path: String) -> String? {
        for directory in path.split(separator: ":") where FilePath.isAbsolute(String(directory)) {
            let candidate = FilePath.join(String(directory), name)
            let isFile = (try? LiveFileSystem().status(of: candidate))?.kind == .file
            if isFile, access(candidate, X_OK) == 0 { return candidate }
        }
        return nil
    }
}

/// The environment of this process.
package enum Environment {
    /// Entries that are not UTF-8 are missing.
    package static var all: [String: String] {
        var values: [String: String] = [:]
        guard var entry = loom_environment() else { return values }
        while let text = entry.pointee {
            if let text = String(validatingCString: text), let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                values[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            entry += 1
        }
        return values
    }
}
