import LoomKernel
import LoomSystem

/// One attempt of a person to sign in: the address for the browser, and what comes back from it.
package struct SignInAttempt: Sendable {
    package enum Way: Sendable, Hashable {
        /// The browser comes back to this machine.
        case browser
        /// The person copies what the browser shows.
        case paste
    }

    package let provider: String
    package let way: Way
    private let signIn: SignIn
    private let clientID: String
    private let ports: PluginPorts
    private let pkce: PKCE
    private let state: String
    private let redirectURI: String
    /// Nil where nobody listens.
    private let server: HTTPServer?

    /// Time for a person to find a password and a second factor.
    private static let patience: Duration = .seconds(300)

    /// - Parameter pastes: wanted also where the browser could come back, for it may run on another machine.
    init(_ provider: String, _ signIn: SignIn, clientID: String, pastes: Bool, _ ports: PluginPorts) throws(SignInFault) {
        (self.provider, self.signIn, self.clientID, self.ports) = (provider, signIn, clientID, ports)
        pkce = PKCE(random: ports.random)
        state = Hash.token(bytes: 32, random: ports.random)
        switch signIn.redirect {
        case .paste(let url): (way, redirectURI, server) = (.paste, url, nil)
        case .loopback(let host, let port, let path) where pastes:
            // Nobody is there; the person copies the address at which the browser fails.
            (way, redirectURI, server) = (.paste, "http://\(host):\(port == 0 ? 49_152 : port)\(path)", nil)
        case .loopback(let host, let port, let path):
            do throws(ListenError) {
                let server = try HTTPServer(port: port, bodyLimit: 0)
                (way, redirectURI, self.server) = (.browser, "http://\(host):\(server.port)\(path)", server)
            } catch {
                throw SignInFault("The browser could not come back: \(error). End what uses it, or use --paste.")
            }
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

    /// Waits for the browser, five minutes at most. A request with another state is refused, and the waiting goes on.
    package func codeFromBrowser() async throws(SignInFault) -> String {
        guard let server, case .loopback(_, _, let path) = signIn.redirect else { throw SignInFault("Nobody listens for the browser.") }
        let came = OneShot<Result<String, SignInFault>>()
        let serving = Task {
            do throws(HTTPServer.Failure) {
                try await server.run { answer($0, at: path, came) }
            } catch {
                came.fulfil(.failure(SignInFault("The browser could not come back: \(error).")))
            }
        }
        let alarm = Task { [clock = ports.clock] in
            guard (try? await clock.sleep(for: Self.patience)) != nil else { return }
            came.fulfil(.failure(SignInFault("Nobody signed in within five minutes. Try again: loomkin login \(provider)")))
        }
        let result = await came.value()
        alarm.cancel()
        serving.cancel()
        guard let result else { throw SignInFault("Cancelled.") }
        return try result.get()
    }

    /// The waiting ends when the browser has its page, so that nobody looks at half of one.
    private func answer(
        _ request: HTTPServer.Request, at path: String, _ came: OneShot<Result<String, SignInFault>>
    ) -> HTTPServer.Response {
        guard request.path == path else { return page(404, "There is nothing here.") }
        let hosts = ["127.0.0.1", "localhost"].map { "\($0):\(request.port)" }
        guard request.method == "GET", let host = request.headers["host"], hosts.contains(host) else {
            return page(400, "This request is not taken.")
        }
        do throws(SignInFault) {
            guard let code = try code(of: request.query) else {
                return page(400, "This is no answer to the sign-in that loomkin waits for. Use the address it printed last.")
            }
            return page(200, "You can close this page and go back to the terminal.") { came.fulfil(.success(code)) }
        } catch {
            return page(200, "The sign-in was refused. The terminal says more.") { came.fulfil(.failure(error)) }
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

    private func page(_ status: Int, _ text: String, whenDone: (@Sendable () -> Void)? = nil) -> HTTPServer.Response {
        let html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>loomkin</title><p>\(text)</p></html>"
        return HTTPServer.Response(
            status: status,
            headers: [
                "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "referrer-policy": "no-referrer",
                "content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff",
            ], body: .bytes(Array(html.utf8)), whenDone: whenDone)
    }
}
