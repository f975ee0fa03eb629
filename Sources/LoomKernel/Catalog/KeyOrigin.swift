package import LoomSystem

/// Where a provider's key comes from. It never holds the key.
package struct KeyOrigin: Sendable, Hashable, Codable {
    package enum Source: String, Sendable, Hashable, Codable {
        case variable, file, command
        case signIn = "sign_in"
        /// There is no key.
        case nothing = "none"
    }

    package let source: Source
    /// The variable's name, the file's path, or who is signed in; nil where nothing is known.
    package var detail: String?
    /// When a token ends; it is renewed before that.
    package var expires: Timestamp?

    package init(_ source: Source, detail: String? = nil, expires: Timestamp? = nil) {
        self.source = source
        self.detail = detail
        self.expires = expires
    }

    /// For a person: «ANTHROPIC_API_KEY», «the file ~/key», «signing in as ada@example.org».
    package var text: String {
        switch self.source {
        case .variable: self.detail ?? "a variable"
        case .file: "the file \(self.detail ?? "")"
        case .command: "key_command"
        case .signIn: "signing in" + (self.detail.map { " as \($0)" } ?? "")
        case .nothing: "nothing"
        }
    }
}
