package import LoomSystem

/// Keeps keys out of what models, logs and the database get.
package struct SecretFilter: Sendable {
    /// Value by the name of its variable.
    private let secrets: [String: String]

    /// Takes the variables that providers read, and those whose name says that they are secret. Short values are left alone:
    /// hiding «1» everywhere would hide more than it protects.
    package init(environment: [String: String], names: Set<String>) {
        self.secrets = environment.filter { name, value in
            value.utf8.count >= 8 && (names.contains(name) || Self.endings.contains { name.uppercased().hasSuffix($0) })
        }
    }

    private static let endings = ["_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_CREDENTIALS"]

    package func redact(_ text: String) -> String {
        var text = text
        for (name, value) in self.secrets where text.contains(value) { text = text.replacing(value, with: "«\(name)»") }
        return text
    }

    /// For what child processes write.
    package var redactions: [Redaction] { self.secrets.map { Redaction($0.value, shown: "«\($0.key)»") } }

    /// The environment for a child process.
    package func without(_ environment: [String: String]) -> [String: String] {
        environment.filter { self.secrets[$0.key] == nil }
    }
}
