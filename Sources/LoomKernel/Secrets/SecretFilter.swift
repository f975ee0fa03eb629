package import LoomSystem
import Synchronization

/// Keeps keys out of what models, logs and the database get.
package final class SecretFilter: Sendable {
    private let environment: [String: String]
    /// Value by the name of its variable.
    private let secrets: Mutex<[String: String]>

    /// Takes the variables that providers read, and those whose name says that they are secret. Short values are left alone:
    /// hiding «1» everywhere would hide more than it protects.
    package init(environment: [String: String], names: Set<String>) {
        self.environment = environment
        self.secrets = Mutex(Self.secrets(of: environment, names))
    }

    /// Providers read other variables than before.
    func rename(_ names: Set<String>) {
        let secrets = Self.secrets(of: self.environment, names)
        self.secrets.withLock { $0 = secrets }
    }

    private static func secrets(of environment: [String: String], _ names: Set<String>) -> [String: String] {
        environment.filter { name, value in
            value.utf8.count >= 8 && (names.contains(name) || Self.endings.contains { name.uppercased().hasSuffix($0) })
        }
    }

    private var known: [String: String] { self.secrets.withLock { $0 } }

    private static let endings = ["_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_CREDENTIALS"]

    package func redact(_ text: String) -> String {
        var text = text
        for (name, value) in self.known where text.contains(value) { text = text.replacing(value, with: "«\(name)»") }
        return text
    }

    /// For what child processes write.
    package var redactions: [Redaction] { self.known.map { Redaction($0.value, shown: "«\($0.key)»") } }

    /// The environment for a child process.
    package func without(_ environment: [String: String]) -> [String: String] {
        let known = self.known
        return environment.filter { known[$0.key] == nil }
    }
}
