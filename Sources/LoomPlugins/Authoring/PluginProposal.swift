import LoomSystem

/// A plugin that an agent has written, before anybody said that it may be used.
struct PluginProposal: Sendable {
    let key: PluginKey
    let source: String
    /// The source of its spec, for kinds that have one.
    let spec: String?

    /// From the names that the agent gave; throws a sentence.
    init(kind: String, name: String, source: String, spec: String?) throws(ProposalError) {
        let kinds = PluginKind.allCases.map(\.rawValue)
        guard let kind = PluginKind(rawValue: kind) else {
            throw ProposalError(
                "«\(kind)» is no kind of plugin\(NearestName.slip(kind, in: Set(kinds))). Kinds: \(kinds.joined(separator: ", ")).")
        }
        guard kind.pluginName(ofFile: kind == .skill ? name : name + kind.fileEnding) == name else {
            throw ProposalError("«\(name)» is no name for a plugin: letters, digits, _ and -, a letter first.")
        }
        self.key = PluginKey(kind, name)
        self.source = source.hasSuffix("\n") ? source : source + "\n"
        self.spec = spec
    }
}

/// Why a plugin was not taken: what is wrong, and what to do.
struct ProposalError: Error, Sendable, Hashable {
    let text: String
    init(_ text: String) { self.text = text }
}
