/// A service account of Google's, as its key file has it. It proves itself by a signed JSON web token (RFC 7515, RFC 7523), which the
/// token server takes in exchange for an access token.
package struct GoogleServiceAccount: Sendable, CustomStringConvertible, CustomReflectable {
    /// Why a text is no key file, or can't sign; it never holds any of the text.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// What Google's cloud services ask for.
    package static let scope = "https://www.googleapis.com/auth/cloud-platform"

    package let email: String
    package let projectID: String?
    package let tokenURI: String
    private let keyID: String?
    private let key: RSAKey

    package var description: String { "GoogleServiceAccount(\(email))" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package init(_ file: [UInt8]) throws(Fault) {
        guard let json = try? JSON.parse(file), json.objectValue != nil else { throw Fault(description: "it is no JSON object") }
        guard json["type"]?.stringValue == "service_account" else {
            throw Fault(description: "it is no key of a service account: its type is not \"service_account\"")
        }
        func text(_ name: String) throws(Fault) -> String {
            guard let text = json[name]?.stringValue, !text.isEmpty else { throw Fault(description: "it has no \(name)") }
            return text
        }
        email = try text("client_email")
        tokenURI = try text("token_uri")
        guard WebAddress(tokenURI)?.isConfidential == true else { throw Fault(description: "its token_uri is no https URL") }
        projectID = json["project_id"]?.stringValue
        keyID = json["private_key_id"]?.stringValue
        let pem = try text("private_key")
        do throws(RSAKey.Fault) {
            key = try RSAKey(pem: pem)
        } catch {
            throw Fault(description: error.description)
        }
    }

    /// The token that the account signs, good for an hour.
    package func assertion(scope: String = scope, at time: Timestamp) throws(Fault) -> String {
        let now = time.nanoseconds / 1_000_000_000
        var header: JSON = ["alg": "RS256", "typ": "JWT"]
        header["kid"] = keyID.map { .string($0) }
        let claims: JSON = [
            "iss": .string(email), "scope": .string(scope), "aud": .string(tokenURI), "iat": .int(now), "exp": .int(now + 3_600),
        ]
        let text = [header, claims].map { Hash.base64URL($0.bytes()) }.joined(separator: ".")
        do throws(RSAKey.Fault) {
            return text + "." + Hash.base64URL(try key.signature(of: Array(text.utf8)))
        } catch {
            throw Fault(description: error.description)
        }
    }

    /// The request that exchanges such a token for an access token.
    package func tokenRequest(scope: String = scope, at time: Timestamp) throws(Fault) -> HTTPRequest {
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(try assertion(scope: scope, at: time))"
        return HTTPRequest(
            method: "POST", url: tokenURI, headers: ["content-type": "application/x-www-form-urlencoded", "accept": "application/json"],
            body: Array(form.utf8), totalTimeout: .seconds(30), bodyLimit: 1 << 20)
    }
}
