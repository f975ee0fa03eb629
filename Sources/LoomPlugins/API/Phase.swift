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
    /// A hook, on behalf of the agent whose call it judges and with its rights.
    case hook
    /// A command, for the person who typed it.
    case command
    /// A command's `complete`, and a panel's `render`: they show what is there and change nothing.
    case panel
    /// A service, on its own behalf.
    case service
    /// `migrate`: what a predecessor kept is translated, and nothing outside of it may be touched.
    case migration

    /// The end of "may not be called …".
    package var description: String {
        switch self {
        case .loading: "while the file is loading"
        case .tool: "in a tool's run"
        case .question: "in a tool's access or summary"
        case .provider: "in a provider"
        case .hook: "in a hook"
        case .command: "in a command's run"
        case .panel: "in a panel or in a command's complete"
        case .service: "in a service"
        case .migration: "in migrate"
        }
    }

    /// "in a tool's run, in a hook or in a service".
    static func list(_ phases: Set<Phase>) -> String {
        let words = allCases.filter(phases.contains).map(\.description)
        guard let last = words.last, words.count > 1 else { return words.first ?? "nowhere" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }
}
