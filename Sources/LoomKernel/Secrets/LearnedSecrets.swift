import Synchronization

/// Keys and tokens that did not come from a variable: out of a file, of a command's output, of a vendor's answer. Whoever gets one says so
/// here before it is used, and from then on it is shown to nobody.
package final class LearnedSecrets: Sendable {
    /// Name by value.
    private let values = Mutex<[String: String]>([:])

    package init() {}

    /// - Parameter name: what stands in its place. A short value is left alone, as in `SecretFilter`.
    package func learn(_ value: String, as name: String) {
        guard value.utf8.count >= SecretFilter.leastLength else { return }
        self.values.withLock { $0[value] = name }
    }

    var known: [(name: String, value: String)] { self.values.withLock { $0.map { ($0.value, $0.key) } } }
}
