import LoomSystem

/// How people sign in at a vendor (OAuth 2 with PKCE), as the `sign_in` table of its plugin says.
package struct SignIn: Sendable, Hashable {
    enum Redirect: Sendable, Hashable {
        /// The browser comes back to this machine. Port 0 is any that is free.
        case loopback(host: String, port: Int, path: String)
        /// The vendor's page at this address shows a code, which the person copies.
        case paste(String)
    }

    enum TokenFormat: String, Sendable, CaseIterable {
        case form, json
    }

    var authorizeURL = ""
    var tokenURL = ""
    var revokeURL: String?
    var clientID: String?
    var clientIDVariables: [String] = []
    var clientSecretVariables: [String] = []
    var scopes: [String] = []
    var redirect = Redirect.loopback(host: "127.0.0.1", port: 0, path: "/callback")
    /// More for the authorisation server.
    var parameters: [String: String] = [:]
    var tokenFormat = TokenFormat.form
    /// More for the model's server, when somebody is signed in.
    var headers: [String: String] = [:]
    /// The model's server, when somebody is signed in.
    var baseURL: String?
}

/// Why signing in or out did not work: what happened, and what to do next.
package struct SignInFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension String {
    /// What a server says, fit for a terminal: one line, and not long.
    var asRemark: String {
        String(
            unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint && $0.value >= 32 && !(127..<160).contains($0.value) }.map(
                Character.init
            ).prefix(300))
    }
}
