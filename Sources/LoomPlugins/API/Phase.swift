/// When Lua code runs, which decides what it may call.
package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The file is being loaded and returns its table: nothing outside the file may be touched.
    case loading
    /// A tool's `run`, on behalf of an agent and with its rights.
    case tool
    /// A tool's `access` or `summary`: pure functions of the arguments.
    case question
    /// A provider's functions.
    case provider

    /// The end of "may not be called …".
    var description: String {
        switch self {
        case .loading: "while the file is loading"
        case .tool: "in a tool's run"
        case .question: "in a tool's access or summary"
        case .provider: "in a provider"
        }
    }
}
