import LoomKernel
import LoomSystem

extension ProviderCall {
    /// What proves who asks, as far as a header can hold it; and what must not be shown.
    func secret() async throws(ModelFailure) -> Secret? {
        switch account.kind {
        case .key:
            return account.key
        case .aws:
            if let secret = account.key ?? account.amazonKeys?.hidden { return secret }
        case .googleServiceAccount:
            guard let file = account.keyFile else { break }
            let (serviceAccount, id): (GoogleServiceAccount, String)
            do throws(Account.KeyFileFault) {
                (serviceAccount, id) = try account.serviceAccount(file)
            } catch {
                throw ModelFailure(.auth, "The provider \(provider.name) cannot be used: \(error.reason).")
            }
            let ports = provider.generationState.ports
            return try await ports.accessTokens.token(of: serviceAccount, id: id, provider: provider.name, ports)
        }
        guard let missing = account.missing else { return nil }
        throw ModelFailure(.auth, "The provider \(provider.name) cannot be used: \(missing).")
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
