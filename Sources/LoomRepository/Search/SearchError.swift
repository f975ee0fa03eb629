package import LoomSystem

/// Why nothing could be searched. A search that finds nothing is not an error.
package enum SearchError: Error, Hashable, Sendable, CustomStringConvertible {
    case glob(Glob.Malformed)
    /// The path or pattern leads out of the project.
    case outsideRoot(String)
    case path(FileError)
    /// The regular expression can't be read.
    case pattern(String, reason: String)
    /// ripgrep was started and did not do its work.
    case ripgrep(String)

    package var description: String {
        switch self {
        case .glob(let malformed): malformed.description
        case .outsideRoot(let path): "\"\(path)\" leads out of the project. Use a path below it, without \"..\"."
        case .path(let error): "The search can't begin: \(error)"
        case .pattern(let pattern, let reason):
            "\"\(pattern)\" is not a regular expression that can be used: \(reason). To find this very text, search for it literally."
        case .ripgrep(let text): "ripgrep (rg) failed: \(text)"
        }
    }
}
