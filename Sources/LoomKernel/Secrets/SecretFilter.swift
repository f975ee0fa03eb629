package import LoomSystem
import Synchronization

/// Keeps keys out of what models, logs and the database get: those of the environment, and those that were learned since.
package final class SecretFilter: Sendable {
    private let environment: [String: String]
    /// Value by the name of its variable.
    private let secrets: Mutex<[String: String]>
    private let learned: LearnedSecrets

    /// Bytes of a value that is hidden.
    static let leastLength = 8

    /// Takes the variables that providers read, and those whose name says that they are secret. Short values are left alone:
    /// hiding «1» everywhere would hide more than it protects.
    package init(environment: [String: String], names: Set<String>, learned: LearnedSecrets = LearnedSecrets()) {
        self.environment = environment
        self.learned = learned
        self.secrets = Mutex(Self.secrets(of: environment, names))
    }

    /// Providers read other variables than before.
    func rename(_ names: Set<String>) {
        let secrets = Self.secrets(of: self.environment, names)
        self.secrets.withLock { $0 = secrets }
    }

    private static func secrets(of environment: [String: String], _ names: Set<String>) -> [String: String] {
        environment.filter { name, value in
            value.utf8.count >= Self.leastLength && (names.contains(name) || Self.endings.contains { name.uppercased().hasSuffix($0) })
        }
    }

    private static let endings = ["_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_CREDENTIALS"]

    package func redact(_ text: String) -> String { text.hiding(self.redactions) }

    /// Each secret, and its name that stands in its place.
    package var redactions: [Redaction] {
        let variables = self.secrets.withLock { $0.map { (name: $0.key, value: $0.value) } }
        return (variables + self.learned.known).map { Redaction($0.value, shown: "«\($0.name)»") }
    }

    /// The environment for a child process.
    package func without(_ environment: [String: String]) -> [String: String] {
        let secrets = self.secrets.withLock { $0 }
        let learned = Set(self.learned.known.map(\.value))
        return environment.filter { secrets[$0.key] == nil && !learned.contains($0.value) }
    }
}
