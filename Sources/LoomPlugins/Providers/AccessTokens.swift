import LoomKernel
import LoomSystem

/// Access tokens for which signed ones were exchanged, kept until shortly before they end. Whoever asks while one is being fetched waits
/// for that one.
actor AccessTokens {
    private struct Token: Sendable {
        let secret: Secret
        let end: Timestamp
    }

    private static let margin: Duration = .seconds(300)

    private var tokens: [String: Token] = [:]
    private let exchanges = SharedWork<String, Result<Token, ModelFailure>>()

    /// `id` tells one key file from another.
    func token(of account: GoogleServiceAccount, id: String, provider: String, _ ports: PluginPorts) async throws(ModelFailure) -> Secret {
        if let token = tokens[id], ports.clock.now + Self.margin < token.end { return token.secret }
        return try await exchanges.value(of: id) {
            let result = await Self.exchange(account, provider, ports)
            await self.keep(try? result.get(), id: id)
            return result
        }.get().secret
    }

    private func keep(_ token: Token?, id: String) { tokens[id] = token }

    /// The server has refused it before its time.
    func forget(_ secret: Secret) {
        tokens = tokens.filter { $0.value.secret != secret }
    }

    private static func exchange(_ account: GoogleServiceAccount, _ provider: String, _ ports: PluginPorts) async -> Result<
        Token, ModelFailure
    > {
        do throws(ModelFailure) {
            return .success(try await fetch(account, provider, ports))
        } catch {
            return .failure(error)
        }
    }

    private static func fetch(
        _ account: GoogleServiceAccount, _ provider: String, _ ports: PluginPorts
    ) async throws(ModelFailure) -> Token {
        let now = ports.clock.now
        let request: HTTPRequest
        do throws(GoogleServiceAccount.Fault) {
            request = try account.tokenRequest(at: now)
        } catch {
            throw ModelFailure(.auth, "The provider \(provider) got no access token: \(error).")
        }
        let response: HTTPResponse
        let body: [UInt8]
        do throws(HTTPError) {
            response = try await ports.http.send(request)
            body = try await response.body.collect()
        } catch {
            throw ModelFailure(error)
        }
        let said = try? JSON.parse(body)
        guard response.isSuccess, let text = said?["access_token"]?.stringValue, let secret = Secret(text) else {
            throw refused(response, said, provider, sent: request)
        }
        secret.hide(in: ports.learnedSecrets, as: "access token of \(provider)")
        let seconds = said?["expires_in"]?.intValue ?? 0
        return Token(secret: secret, end: now + .seconds(max(0, min(seconds, 86_400))))
    }

    private static func refused(_ response: HTTPResponse, _ said: JSON?, _ provider: String, sent: HTTPRequest) -> ModelFailure {
        let words = ["error", "error_description"].compactMap { said?[$0]?.stringValue }.joined(separator: ": ")
        // A server may repeat what it refuses.
        let assertion = String(decoding: sent.body, as: UTF8.self).split(separator: "=").last.flatMap { Secret(String($0)) }
        let shown = String((assertion?.redact(words) ?? words).prefix(300))
        let what = "The provider \(provider) got no access token: the token server answered HTTP \(response.status)"
        let kind: ModelFailure.Kind =
            switch response.status {
            case 429: .rateLimited
            case 500...: .server
            default: .auth
            }
        return ModelFailure(
            kind, what + (shown.isEmpty ? "." : " (\(shown))."), hint: kind == .auth ? "Check the service account and its key file." : nil)
    }
}
