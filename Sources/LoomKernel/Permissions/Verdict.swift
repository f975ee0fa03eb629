/// What the permission engine says.
package enum Verdict: String, Sendable, Hashable, Codable { case allow, ask, deny }

/// What a call would touch.
package struct Access: Sendable, Hashable, Codable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case read, write, execute, network, spawn, message
        /// Takes a file into use that changes what the team can do: a plugin, role, prompt or skill of the project.
        case extend
        /// To pause, resume or stop an agent.
        case control
        /// To ask a model something, which costs money.
        case model
    }
    package let kind: Kind
    /// A path relative to the project, a command line, a host, an agent's name, a model's.
    package let target: String

    package init(_ kind: Kind, _ target: String) {
        self.kind = kind
        self.target = target
    }

    package var description: String { "\(self.kind.rawValue) \(self.target)" }
}
