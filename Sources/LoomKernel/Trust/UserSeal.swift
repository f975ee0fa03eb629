package import LoomSystem

/// Tells what this user gave from what came with a project: the rights that a session keeps in the project's folder carry a seal,
/// and its key lies with the user.
package struct UserSeal: Sendable {
    private let key: [UInt8]

    package init(key: [UInt8]) { self.key = key }

    /// The key of `stateDirectory`, the user's (`$XDG_STATE_HOME/loomkin`), made when it is not there yet. Where it cannot be kept,
    /// what is sealed holds as long as the process.
    package init(stateDirectory: String, files: any FileSystem) {
        let path = stateDirectory + "/seal.key"
        func kept() -> [UInt8]? { (try? files.read(path)).flatMap { $0.count >= 32 ? $0 : nil } }
        if let key = kept() {
            self.key = key
            return
        }
        let made = Array(Hash.token().utf8)
        try? files.write(made, to: path, options: WriteOptions(createsParents: true, mode: 0o600))
        // Of two processes that make one at the same time both take the one that stayed.
        self.key = kept() ?? made
    }

    func seal(preset: String, of session: String) -> String { self.seal("preset", session, preset) }

    func seal(grant rule: String, of session: String) -> String { self.seal("grant", session, rule) }

    private func seal(_ parts: String...) -> String {
        Hash.hmacSHA256(Array(JSON.array(parts.map { .string($0) }).text().utf8), key: self.key)
    }
}
