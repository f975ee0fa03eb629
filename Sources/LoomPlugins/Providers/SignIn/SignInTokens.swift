import LoomKernel
import LoomSystem

/// Access tokens of those who signed in. One that ends within five minutes is renewed by a single caller, of this process and of all
/// others; whoever asks meanwhile waits for that one.
actor SignInTokens {
    private static let margin: Duration = .seconds(300)

    private let refreshes = SharedWork<String, Result<StoredAccount, ModelFailure>>()

    func token(of provider: String, _ signIn: SignIn, _ ports: PluginPorts) async throws(ModelFailure) -> Secret {
        let stored = try Self.stored(provider, ports)
        if stored.isGood(at: ports.clock.now, for: Self.margin) { return try Self.secret(stored, provider) }
        do throws(ModelFailure) {
            return try await refreshed(provider, signIn, insteadOf: stored, ports)
        } catch {
            // Until its end the old one will do.
            if stored.isGood(at: ports.clock.now) { return try Self.secret(stored, provider) }
            throw error
        }
    }

    /// Another token in place of one that was refused before its time; nil where there is none.
    func token(
        of provider: String, _ signIn: SignIn, insteadOf refused: Secret, _ ports: PluginPorts
    ) async throws(ModelFailure) -> Secret? {
        let stored = try Self.stored(provider, ports)
        let secret = try Self.secret(stored, provider)
        // Somebody else has renewed it since.
        if secret != refused { return secret }
        guard stored.refreshToken != nil else { throw Self.again(provider) }
        return try await refreshed(provider, signIn, insteadOf: stored, ports)
    }

    private func refreshed(
        _ provider: String, _ signIn: SignIn, insteadOf stored: StoredAccount, _ ports: PluginPorts
    ) async throws(ModelFailure) -> Secret {
        let result = await refreshes.value(of: provider) { await Self.refresh(provider, signIn, insteadOf: stored, ports) }
        return try Self.secret(try result.get(), provider)
    }

    private static func refresh(
        _ provider: String, _ signIn: SignIn, insteadOf stored: StoredAccount, _ ports: PluginPorts
    ) async -> Result<StoredAccount, ModelFailure> {
        do throws(ModelFailure) {
            guard let store = ports.tokenStore else { throw again(provider) }
            let lock: FileLock
            do throws(TokenStore.Fault) {
                lock = try await store.lock(ports.clock)
            } catch {
                throw unusable(provider, error)
            }
            defer { withExtendedLifetime(lock) {} }
            let now = try Self.stored(provider, ports)
            // Another process was faster.
            if now.accessToken != stored.accessToken { return .success(now) }
            return .success(try await exchange(now, provider, signIn, store, ports))
        } catch {
            return .failure(error)
        }
    }

    private static func exchange(
        _ stored: StoredAccount, _ provider: String, _ signIn: SignIn, _ store: TokenStore, _ ports: PluginPorts
    ) async throws(ModelFailure) -> StoredAccount {
        guard let refreshToken = stored.refreshToken else { throw again(provider) }
        let server = TokenServer(signIn, provider: provider, clientID: stored.clientID, ports)
        let answer: StoredAccount
        do throws(TokenServer.Fault) {
            answer = try await server.account(for: [("grant_type", "refresh_token"), ("refresh_token", refreshToken)])
        } catch {
            guard error.isFinal else { throw error.failure }
            // Nobody asks again with a token that is not taken any more.
            var spent = stored
            spent.refreshToken = nil
            try? store.set(spent, for: provider)
            throw again(provider)
        }
        var renewed = answer
        renewed.refreshToken = answer.refreshToken ?? refreshToken
        renewed.who = answer.who ?? stored.who
        do throws(TokenStore.Fault) {
            try store.set(renewed, for: provider)
        } catch {
            throw unusable(provider, error)
        }
        return renewed
    }

    private static func stored(_ provider: String, _ ports: PluginPorts) throws(ModelFailure) -> StoredAccount {
        let accounts: [String: StoredAccount]
        do throws(TokenStore.Fault) {
            accounts = try ports.accounts()
        } catch {
            throw unusable(provider, error)
        }
        guard let account = accounts[provider] else { throw again(provider) }
        return account
    }

    private static func secret(_ account: StoredAccount, _ provider: String) throws(ModelFailure) -> Secret {
        guard let secret = Secret(account.accessToken) else { throw again(provider) }
        return secret
    }

    private static func again(_ provider: String) -> ModelFailure {
        ModelFailure(
            .auth, "The sign-in of the provider \(provider) has ended: sign in again: loomkin login \(provider).", hint: "Then try again.")
    }

    private static func unusable(_ provider: String, _ fault: TokenStore.Fault) -> ModelFailure {
        ModelFailure(.auth, "The provider \(provider) cannot be used: \(fault).")
    }
}

extension PluginPorts {
    /// The tokens of those who signed in. From now on nobody is shown them.
    func accounts() throws(TokenStore.Fault) -> [String: StoredAccount] {
        let accounts = try tokenStore?.accounts() ?? [:]
        for (name, account) in accounts { account.hide(in: learnedSecrets, of: name) }
        return accounts
    }

    /// Has what lies in files hidden before anybody may come across it.
    package func hideStoredKeys() {
        _ = try? accounts()
        let configuration = configuration
        let paths = configuration.providers.map { ($0.key, $0.value.keyFile) } + configuration.endpoints.map { ($0.key, $0.value.keyFile) }
        for (name, path) in paths {
            guard let file = KeySources(file: path, command: nil, environment: environment).file else { continue }
            (try? KeyFile.key(file.path, shown: file.shown, files: files))?.hide(in: learnedSecrets, as: "key of \(name)")
        }
    }
}

extension PluginHost {
    /// Why no sign-in counts, as one sentence; nil when their file can be read or is not there.
    package nonisolated var signInFault: String? {
        do throws(TokenStore.Fault) {
            _ = try ports.accounts()
            return nil
        } catch {
            return "No sign-in counts: \(error)."
        }
    }
}

extension StoredAccount {
    func hide(in learned: LearnedSecrets, of provider: String) {
        for secret in secrets { learned.learn(secret, as: "token of \(provider)") }
    }
}
