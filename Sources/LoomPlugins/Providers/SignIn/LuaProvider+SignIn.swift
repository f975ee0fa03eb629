import LoomKernel
import LoomSystem

extension LuaProvider {
    /// How people sign in at its vendor; nil where a key is the only way. An endpoint is another's server.
    var signIn: SignIn? { endpoint == nil ? definition.signIn : nil }

    package var canSignIn: Bool { signIn != nil }

    /// Whether somebody has, also where a key comes first.
    package var isSignedIn: Bool { (try? ports.accounts()[name]) != nil }

    func addSignIn(to keys: inout KeySources) {
        guard let signIn else { return }
        keys.signIn = signIn
        do throws(TokenStore.Fault) {
            if let stored = try ports.accounts()[name] {
                // Of another server than the plugin names now they are of no use, and none of its business.
                if stored.tokenURL == signIn.tokenURL { keys.stored = stored }
                if keys.stored == nil || (stored.refreshToken == nil && !stored.isGood(at: ports.clock.now)) {
                    keys.signInNeed = "sign in again: loomkin login \(name)"
                }
            } else if clientID != nil {
                keys.signInNeed = "sign in: loomkin login \(name)"
            }
        } catch {
            keys.signInNeed = error.description
        }
    }

    private var clientID: String? {
        guard let signIn else { return nil }
        let ofVariable = signIn.clientIDVariables.lazy.compactMap { ports.environment($0)?.trimmed }.first { !$0.isEmpty }
        return ofVariable ?? ports.configuration.providers[name]?.clientID ?? signIn.clientID
    }

    /// Where the browser comes back to: a port of 127.0.0.1, 0 for any that is free; nil where the person pastes what it shows.
    package var returnPort: Int? {
        guard case .loopback(_, let port, _) = signIn?.redirect else { return nil }
        return port
    }

    /// - Parameter port: where somebody listens for the browser. Nil where nobody does and the person copies what it shows, also
    ///   where it could come back, for it may run on another machine.
    package func beginSignIn(listeningAt port: Int?) throws(SignInFault) -> SignInAttempt {
        guard let signIn else {
            throw SignInFault("Nobody can sign in at \(name): set \(account.keyVariables.first ?? "its key").")
        }
        guard let clientID else {
            let variable = signIn.clientIDVariables.first.map { ", or set \($0)" } ?? ""
            throw SignInFault(
                "Signing in at \(name) takes a client id of your own, for loomkin brings none: register a client with the vendor and write "
                    + "provider.\(name).client_id into your configuration\(variable). See docs/accounts.md.")
        }
        return SignInAttempt(name, signIn, clientID: clientID, listeningAt: port, ports)
    }

    /// Forgets the tokens, here and at the vendor's where that is possible.
    /// - Returns: why the vendor could not be told; nil when all is well.
    package func signOut() async throws(SignInFault) -> SignInFault? {
        guard let store = ports.tokenStore else { return nil }
        let stored: StoredAccount?
        do throws(TokenStore.Fault) {
            let lock = try await store.lock(ports.clock)
            stored = try ports.accounts()[name]
            try store.set(nil, for: name)
            withExtendedLifetime(lock) {}
        } catch {
            throw SignInFault("The tokens of \(name) could not be removed: \(error).")
        }
        guard let stored, let signIn, let url = signIn.revokeURL, stored.tokenURL == signIn.tokenURL else { return nil }
        do throws(TokenServer.Fault) {
            let server = TokenServer(signIn, provider: name, clientID: stored.clientID, ports)
            try await server.revoke(stored.refreshToken ?? stored.accessToken, at: url)
            return nil
        } catch {
            return SignInFault("The tokens are removed here, but the vendor was not told. \(error.failure.message)")
        }
    }
}
