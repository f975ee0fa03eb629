/// Why a plugin was not loaded: which file, which line, what is wrong.
package struct PluginFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// As in `PluginFile.displayPath`.
    package let path: String
    /// Counted from 1; nil when the cause has no line, such as a file that can't be read.
    package let line: Int?
    package let cause: String

    package init(path: String, line: Int?, cause: String) {
        self.path = path
        self.line = line
        self.cause = cause
    }

    /// `plugins/tools/x.lua:12: cause`, as compilers write it.
    package var description: String { line.map { "\(path):\($0): \(cause)" } ?? "\(path): \(cause)" }
}
