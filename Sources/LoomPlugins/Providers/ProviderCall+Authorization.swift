import LoomKernel
import LoomSystem

extension ProviderCall {
    private var isReplay: Bool { provider.generationState.ports.traffic.isReplay }

    /// What proves who asks, as far as a header can hold it; and what must not be shown.
    func secret() async throws(ModelFailure) -> Secret? {
        switch account.kind {
        case .key:
            return try await key()
        case .aws:
            if let secret = try await key() ?? account.amazonKeys?.hidden { return secret }
        case .googleServiceAccount:
            // A recording asks nobody for a token.
            guard !isReplay, let file = account.keyFile else { break }
            let (serviceAccount, id): (GoogleServiceAccount, String)
            do throws(Account.KeyFileFault) {
                (serviceAccount, id) = try account.serviceAccount(file)
            } catch {
                throw ModelFailure(.auth, "The provider \(provider.name) cannot be used: \(error.reason).")
            }
            let ports = provider.generationState.ports
            return try await ports.accessTokens.token(of: serviceAccount, id: id, provider: provider.name, ports)
        }
        guard !isReplay, let missing = account.missing else { return nil }
        throw ModelFailure(.auth, "The provider \(provider.name) cannot be used: \(missing).")
    }

    /// The key, from where it comes first.
    private func key() async throws(ModelFailure) -> Secret? {
        let ports = provider.generationState.ports
        switch account.keys.origin(account.keyVariables, account.environment).source {
        case .variable: return account.key
        case .file: return try fileKey(ports)
        case .command, .signIn:
            // A recording asks nobody for a key.
            if isReplay { return nil }
            if let command = account.keys.command { return try await ports.keyCommands.key(of: provider.name, command, ports) }
            guard let signIn = account.keys.signIn else { return nil }
            return try await ports.signInTokens.token(of: provider.name, signIn, ports)
        case .nothing: return nil
        }
    }

    private func fileKey(_ ports: PluginPorts) throws(ModelFailure) -> Secret? {
        guard let file = account.keys.file else { return nil }
        do throws(KeyFile.Fault) {
            let key = try KeyFile.key(file.path, shown: file.shown, files: account.files)
            key.hide(in: ports.learnedSecrets, as: "key of \(provider.name)")
            return key
        } catch {
            if isReplay { return nil }
            throw ModelFailure(.auth, "The provider \(provider.name) cannot be used: \(error).")
        }
    }

    /// Another key in place of one that the server refused; nil where there is none.
    func renewed(_ refused: Secret) async throws(ModelFailure) -> Secret? {
        let ports = provider.generationState.ports
        await ports.accessTokens.forget(refused)
        guard !isReplay else { return nil }
        switch account.origin.source {
        case .command:
            guard let command = account.keys.command else { return nil }
            return try await ports.keyCommands.key(of: provider.name, command, insteadOf: refused, ports)
        case .signIn:
            guard let signIn = account.keys.signIn else { return nil }
            return try await ports.signInTokens.token(of: provider.name, signIn, insteadOf: refused, ports)
        case .variable, .file, .nothing: return nil
        }
    }

    /// The request with its signature, for credentials that want one.
    func signed(_ request: HTTPRequest, key: Secret?) throws(ModelFailure) -> HTTPRequest {
        guard account.kind == .aws, key?.fillsHeaders != true, let (signature, _) = account.amazonKeys else { return request }
        guard let base = account.baseURL, ProviderRequest.origin(request.url) == ProviderRequest.origin(base) else {
            throw ModelFailure(.invalid, "The provider \(provider.plugin) made no request: \(ProviderRequest.elsewhere).")
        }
        return signature.sign(request, at: provider.generationState.ports.clock.now)
    }
}
