package import LoomSystem

/// Who acts: an agent, or a plugin that acts for itself. The id is its identity; the name is a label, unique within a session
/// among those of its kind.
package struct AgentIdentity: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case agent, service, command }

    package let id: ID
    package let name: String
    package let role: String
    package let team: String
    package let kind: Kind

    package init(id: ID, name: String, role: String, team: String) {
        self.id = id
        self.name = name
        self.role = role
        self.team = team
        self.kind = .agent
    }

    /// A plugin's, the same in every session and after every restart, so that what it began before a crash is found again.
    init(plugin name: String, kind: Kind) {
        self.id = ID(digestOf: "\(kind.rawValue)/\(name)")
        self.name = name
        self.role = kind.rawValue
        self.team = "core"
        self.kind = kind
    }

    package var source: String { "\(self.kind.rawValue)/\(self.name)" }
}
