import LoomKernel
import LoomSystem

/// The vendor's server that gives tokens, as one client asks it.
struct TokenServer: Sendable {
    struct Fault: Error, Sendable {
        /// Whether asking again is useless: what was redeemed is not taken any more.
        let isFinal: Bool
        let failure: ModelFailure
    }

    private let signIn: SignIn
    private let provider: String
    private let clientID: String
    private let clientSecret: String?
    private let ports: PluginPorts

    init(_ signIn: SignIn, provider: String, clientID: String, _ ports: PluginPorts) {
        (self.signIn, self.provider, self.clientID, self.ports) = (signIn, provider, clientID, ports)
        clientSecret = signIn.clientSecretVariables.lazy.compactMap { ports.environment($0)?.trimmed }.first { !$0.isEmpty }
    }

    /// Redeems a code or a refresh token. What comes is hidden everywhere from then on.
    func account(for fields: [(String, String)]) async throws(Fault) -> StoredAccount {
        let (response, said) = try await ask(signIn.tokenURL, fields, as: signIn.tokenFormat)
        guard response.isSuccess, let said,
            said["token_type"]?.stringValue.map({ $0.lowercased() == "bearer" }) ?? true,
            let account = StoredAccount(answer: said, at: ports.clock.now, tokenURL: signIn.tokenURL, clientID: clientID)
        else { throw refused(response, said, sent: fields) }
        account.hide(in: ports.learnedSecrets, of: provider)
        return account
    }

    /// Tells the server to forget a token (RFC 7009).
    func revoke(_ token: String, at url: String) async throws(Fault) {
        let (response, said) = try await ask(url, [("token", token)], as: .form)
        guard response.isSuccess else { throw refused(response, said, sent: [("token", token)]) }
    }

    private func ask(
        _ url: String, _ fields: [(String, String)], as format: SignIn.TokenFormat
    ) async throws(Fault) -> (HTTPResponse, JSON?) {
        let all = fields + [("client_id", clientID)] + (clientSecret.map { [("client_secret", $0)] } ?? [])
        if let secret = clientSecret { ports.learnedSecrets.learn(secret, as: "client secret of \(provider)") }
        let body: [UInt8]
        switch format {
        case .form: body = Array(PercentEncoding.form(all.map { (name: $0.0, value: $0.1) }).utf8)
        case .json: body = JSON.object(Dictionary(all.map { ($0.0, JSON.string($0.1)) }, uniquingKeysWith: { $1 })).bytes()
        }
        let type = format == .form ? "application/x-www-form-urlencoded" : "application/json"
        let request = HTTPRequest(
            method: "POST", url: url, headers: ["content-type": type, "accept": "application/json"], body: body, totalTimeout: .seconds(30),
            bodyLimit: 1 << 20)
        do throws(HTTPError) {
            let response = try await ports.http.send(request)
            return (response, try? JSON.parse(try await response.body.collect()))
        } catch {
            throw Fault(isFinal: false, failure: ModelFailure(error))
        }
    }

    private func refused(_ response: HTTPResponse, _ said: JSON?, sent: [(String, String)]) -> Fault {
        let code = said?["error"]?.stringValue ?? said?["error"]?["type"]?.stringValue
        let words = [code, said?["error_description"]?.stringValue ?? said?["error"]?["message"]?.stringValue].compactMap(\.self)
        // A server may repeat what it refuses.
        let hidden = Secret(hidden: sent.map(\.1).filter { $0.utf8.count >= 8 } + (clientSecret.map { [$0] } ?? []))
        let remark = hidden.redact(words.joined(separator: ": ")).asRemark
        let kind: ModelFailure.Kind =
            switch response.status {
            case 429: .rateLimited
            case 500...: .server
            default: .auth
            }
        let text = "The token server of \(provider) answered HTTP \(response.status)" + (remark.isEmpty ? "." : " (\(remark)).")
        let isFinal = [400, 401].contains(response.status) && !Self.ofClient.contains(code ?? "")
        let hint = "Check the client id, or sign in again: loomkin login \(provider)"
        return Fault(isFinal: isFinal, failure: ModelFailure(kind, text, hint: kind == .auth ? hint : nil))
    }

    /// What says nothing about the token (RFC 6749, 5.2).
    private static let ofClient = ["invalid_client", "invalid_request", "unauthorized_client", "unsupported_grant_type", "invalid_scope"]
}
