import LoomKernel
import LoomSystem

/// One attempt of a person to sign in: the address for the browser, and what comes back from it.
package struct SignInAttempt: Sendable {
    package let provider: String
    private let signIn: SignIn
    private let clientID: String
    private let ports: PluginPorts
    private let pkce: PKCE
    private let state: String
    private let redirectURI: String
    /// Where the browser comes back to on this machine; nil where nobody listens.
    private let place: (port: Int, path: String)?

    /// Time for a person to find a password and a second factor.
    package static let patience: Duration = .seconds(300)

    /// - Parameter port: where somebody listens for the browser; nil where nobody does, and the person pastes.
    init(_ provider: String, _ signIn: SignIn, clientID: String, listeningAt port: Int?, _ ports: PluginPorts) {
        (self.provider, self.signIn, self.clientID, self.ports) = (provider, signIn, clientID, ports)
        pkce = PKCE(random: ports.random)
        state = Hash.token(bytes: 32, random: ports.random)
        switch (signIn.redirect, port) {
        case (.paste(let url), _): (redirectURI, place) = (url, nil)
        case (.loopback(let host, _, let path), let port?):
            (redirectURI, place) = ("http://\(host):\(port)\(path)", (port, path))
        case (.loopback(let host, let port, let path), nil):
            // Nobody is there; the person copies the address at which the browser fails.
            (redirectURI, place) = ("http://\(host):\(port == 0 ? 49_152 : port)\(path)", nil)
        }
    }

    /// For the browser.
    package var address: String {
        let own: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI),
            ("scope", signIn.scopes.joined(separator: " ")),
            ("state", state), ("code_challenge", pkce.challenge), ("code_challenge_method", "S256"),
        ]
        let more = signIn.parameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        let query = PercentEncoding.form(own.filter { !$0.value.isEmpty } + more)
        return signIn.authorizeURL + (signIn.authorizeURL.contains("?") ? "&" : "?") + query
    }

    // MARK: What comes back

    /// What the browser that came back is answered.
    package struct Answer: Sendable {
        package let status: Int
        /// Plain words for the person.
        package let text: String
        /// The code, or why there is none; nil for what proves nothing, and the waiting goes on.
        package let outcome: Result<String, SignInFault>?
    }

    /// - Parameters:
    ///   - host: the `Host` header.
    ///   - target: path and query as they came.
    package func answer(method: String, host: String?, target: String) -> Answer {
        let path = target.prefix { $0 != "?" }
        guard let place, path == place.path else { return Answer(status: 404, text: "There is nothing here.", outcome: nil) }
        let hosts = ["127.0.0.1", "localhost"].map { "\($0):\(place.port)" }
        guard method == "GET", let host, hosts.contains(host) else {
            return Answer(status: 400, text: "This request is not taken.", outcome: nil)
        }
        do throws(SignInFault) {
            guard let code = try code(of: PercentEncoding.fields(of: target.dropFirst(path.count + 1))) else {
                return Answer(
                    status: 400, text: "This is no answer to the sign-in that loomkin waits for. Use the address it printed last.",
                    outcome: nil)
            }
            return Answer(status: 200, text: "You can close this page and go back to the terminal.", outcome: .success(code))
        } catch {
            return Answer(status: 200, text: "The sign-in was refused. The terminal says more.", outcome: .failure(error))
        }
    }

    /// What a person pasted: the address the browser ended at, or `code#state`.
    package func code(pasted: String) throws(SignInFault) -> String {
        let text = pasted.trimmed
        let fields: [String: String]
        if text.contains("://") {
            let query = text.firstIndex(of: "?").map { text[text.index(after: $0)...].prefix { $0 != "#" } } ?? ""
            fields = PercentEncoding.fields(of: query)
        } else {
            let parts = text.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
            fields = parts.count == 2 ? ["code": parts[0], "state": parts[1]] : [:]
        }
        guard !fields.isEmpty else {
            throw SignInFault(
                "That is neither the address of the page nor CODE#STATE. Copy all of it, and try again: loomkin login \(provider)")
        }
        guard let code = try code(of: fields) else {
            throw SignInFault("That belongs to another sign-in: its state is not ours. Try again: loomkin login \(provider)")
        }
        return code
    }

    /// Nil for what does not belong to this attempt, and so proves nothing.
    private func code(of fields: [String: String]) throws(SignInFault) -> String? {
        guard let state = fields["state"], Hash.areEqual(state, self.state) else { return nil }
        if let error = fields["error"] {
            let words = [error, fields["error_description"]].compactMap(\.self).joined(separator: ": ").asRemark
            throw SignInFault("The sign-in was refused (\(words)).")
        }
        guard let code = fields["code"], !code.isEmpty else { throw SignInFault("The sign-in brought no code.") }
        return code
    }

    /// Redeems the code and keeps the tokens.
    /// - Returns: who signed in, where the vendor says.
    package func finish(_ code: String) async throws(SignInFault) -> String? {
        guard let store = ports.tokenStore else { throw SignInFault("There is no place for the tokens.") }
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI), ("code_verifier", pkce.verifier),
        ]
        // Servers that take JSON are their vendor's own, and want it.
        if signIn.tokenFormat == .json { fields.append(("state", state)) }
        let account: StoredAccount
        do throws(TokenServer.Fault) {
            account = try await TokenServer(signIn, provider: provider, clientID: clientID, ports).account(for: fields)
        } catch {
            throw SignInFault("Nobody is signed in. \(error.failure.message)")
        }
        do throws(TokenStore.Fault) {
            let lock = try await store.lock(ports.clock)
            try store.set(account, for: provider)
            withExtendedLifetime(lock) {}
        } catch {
            throw SignInFault("The tokens could not be kept: \(error).")
        }
        return account.who
    }
}
