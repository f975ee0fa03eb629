import LoomKernel
import LoomSystem

/// The tokens of somebody who signed in at a vendor. Printed or looked at, it shows none of them.
struct StoredAccount: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    var accessToken: String
    /// Nil when there is none, or the vendor does not take it any more.
    var refreshToken: String?
    /// Nil when the vendor does not say.
    var expires: Timestamp?
    /// Who it is, for people.
    var who: String?
    /// Where they come from and to whom they were given: no other place gets the refresh token.
    let tokenURL: String
    let clientID: String

    var description: String { "[tokens]" }
    var customMirror: Mirror { Mirror(self, children: []) }

    var secrets: [String] { [accessToken] + (refreshToken.map { [$0] } ?? []) }

    /// Whether the access token is good for that long.
    func isGood(at now: Timestamp, for margin: Duration = .zero) -> Bool { expires.map { now + margin < $0 } ?? true }

    /// What a token server answered; nil when no token is in it.
    init?(answer: JSON, at now: Timestamp, tokenURL: String, clientID: String) {
        guard let token = answer["access_token"]?.stringValue, Self.isToken(token) else { return nil }
        accessToken = token
        refreshToken = answer["refresh_token"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        let seconds = answer["expires_in"].flatMap { $0.doubleValue ?? $0.stringValue.flatMap(Double.init) }
        expires = seconds.flatMap { $0.isFinite && $0 >= 0 ? now + .seconds(Int64(min($0, 315_360_000))) : nil }
        who = Self.name(answer)
        (self.tokenURL, self.clientID) = (tokenURL, clientID)
    }

    /// Nothing that could end a header's line.
    private static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 < 127 } }

    /// Of the identity token (OpenID Connect), or as Anthropic has it. Only shown, so nothing hangs on its signature.
    private static func name(_ answer: JSON) -> String? {
        var names = [answer["account"]?["email_address"]?.stringValue, answer["email"]?.stringValue]
        let parts = (answer["id_token"]?.stringValue ?? "").split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 3, let bytes = Hash.bytes(base64URL: String(parts[1])), let claims = try? JSON.parse(bytes) {
            names += [claims["email"]?.stringValue, claims["name"]?.stringValue, claims["sub"]?.stringValue]
        }
        return names.compactMap { $0?.asRemark }.first { !$0.isEmpty }.map { String($0.prefix(100)) }
    }

    // MARK: In the file

    init?(json: JSON) {
        guard let token = json["access_token"]?.stringValue, Self.isToken(token), let tokenURL = json["token_url"]?.stringValue,
            let clientID = json["client_id"]?.stringValue
        else { return nil }
        accessToken = token
        refreshToken = json["refresh_token"]?.stringValue
        expires = json["expires"]?.stringValue.flatMap { Timestamp(iso8601: $0) }
        who = json["who"]?.stringValue
        (self.tokenURL, self.clientID) = (tokenURL, clientID)
    }

    var json: JSON {
        var json: JSON = ["access_token": .string(accessToken), "token_url": .string(tokenURL), "client_id": .string(clientID)]
        json["refresh_token"] = refreshToken.map { .string($0) }
        json["expires"] = expires.map { .string($0.iso8601) }
        json["who"] = who.map { .string($0) }
        return json
    }
}
