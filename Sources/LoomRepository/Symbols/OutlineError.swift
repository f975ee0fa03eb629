/// Why a file has no outline.
package enum OutlineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No language here has files of this ending.
    case unknownEnding(String)
    case noGrammar(language: String, ending: String)
    /// A grammar that is there and cannot be used.
    case refused(language: String, reason: String)
    /// In bytes.
    case tooLarge(size: Int, limit: Int)
    /// It was not parsed in the time there is for it.
    case tooSlow
    /// The process that should make it did not.
    case ended(reason: String)

    package var description: String {
        switch self {
        case .unknownEnding(let ending):
            (ending.isEmpty ? "Files without an ending have no outline" : "Files ending in .\(ending) have no outline")
                + ". «make grammars» gets grammars for: \(Language.all.map(\.name).joined(separator: ", "))."
        case .noGrammar(let language, let ending):
            "There is no grammar for files ending in .\(ending) (\(language)). A person can get it with «make grammars»."
        case .refused(let language, let reason):
            "The grammar for \(language) cannot be used: \(reason). A person can get the right one with «make grammars»."
        case .tooLarge(let size, let limit): "The file has \(size) bytes, and outlines are made of up to \(limit). Search in it instead."
        case .ended(let reason): "The process that parses it did not get to its end: \(reason). Search in the file instead."
        case .tooSlow: "The file took too long to parse. Search in it instead."
        }
    }
}
