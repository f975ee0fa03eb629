import LoomKernel
import LoomSystem

extension SignIn {
    /// Why a `sign_in` table cannot be used, and which field of it is at fault.
    struct Fault: Error {
        let field: String
        let reason: String
    }

    static let fields = [
        "authorize_url", "token_url", "revoke_url", "client_id", "client_id_env", "client_secret_env", "scopes", "redirect", "redirect_url",
        "host", "port", "path", "parameters", "token_format", "headers", "base_url",
    ]

    /// What the host sets itself.
    private static let reserved = [
        "client_id", "client_secret", "code_challenge", "code_challenge_method", "code_verifier", "grant_type", "redirect_uri",
        "response_type", "scope", "state",
    ]

    init(_ members: [String: JSON]) throws(Fault) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) { try set(name, value, members) }
        for (name, url) in [("authorize_url", authorizeURL), ("token_url", tokenURL)] where url.isEmpty {
            throw Fault(field: name, reason: "is missing")
        }
        redirect = try Self.redirect(members)
    }

    private mutating func set(_ name: String, _ value: JSON, _ members: [String: JSON]) throws(Fault) {
        func wrong(_ wanted: String) -> Fault { Fault(field: name, reason: "must be \(wanted), got \(value.text())") }
        func url() throws(Fault) -> String {
            guard let text = value.stringValue, Self.isFit(text) else { throw wrong("an https URL (or http, of this machine)") }
            return text
        }
        func names() throws(Fault) -> [String] {
            guard let names = value.names else { throw wrong("a list of texts") }
            return names
        }
        func texts() throws(Fault) -> [String: String] {
            let texts = value.members?.compactMapValues(\.stringValue)
            guard let texts, texts.count == value.members?.count else { throw wrong("a table of texts") }
            return texts
        }
        switch name {
        case "authorize_url": authorizeURL = try url()
        case "token_url": tokenURL = try url()
        case "revoke_url": revokeURL = try url()
        case "base_url": baseURL = try url()
        case "client_id":
            guard let id = value.stringValue, !id.isEmpty else { throw wrong("a text") }
            clientID = id
        case "client_id_env": clientIDVariables = try names()
        case "client_secret_env": clientSecretVariables = try names()
        case "scopes": scopes = try names()
        case "headers": headers = try texts()
        case "parameters":
            parameters = try texts()
            if let taken = parameters.keys.sorted().first(where: Self.reserved.contains) {
                throw Fault(field: name, reason: "may not hold \(taken), which the host sets")
            }
        case "token_format":
            guard let format = value.stringValue.flatMap(TokenFormat.init(rawValue:)) else { throw wrong("form or json") }
            tokenFormat = format
        case "redirect", "redirect_url", "host", "port", "path": break
        default: throw Fault(field: name, reason: "is no field of sign_in\(NearestName.hint(name, in: Self.fields))")
        }
    }

    private static func redirect(_ members: [String: JSON]) throws(Fault) -> Redirect {
        func unfit(_ names: [String], _ kind: String) throws(Fault) {
            if let name = names.first(where: { members[$0] != nil }) {
                throw Fault(field: name, reason: "is nothing that redirect = \"\(kind)\" has")
            }
        }
        switch members["redirect"] ?? "loopback" {
        case "loopback":
            try unfit(["redirect_url"], "loopback")
            let (host, port) = (members["host"] ?? "127.0.0.1", members["port"] ?? 0)
            guard let host = host.stringValue, ["127.0.0.1", "localhost"].contains(host) else {
                throw Fault(field: "host", reason: "must be 127.0.0.1 or localhost, as the vendor has it on file")
            }
            guard let port = port.intValue, (0...65_535).contains(port) else {
                throw Fault(field: "port", reason: "must be 0 (any that is free) to 65535")
            }
            guard let path = (members["path"] ?? "/callback").stringValue, path.hasPrefix("/"),
                !path.contains(where: { "?# ".contains($0) })
            else { throw Fault(field: "path", reason: "must begin with / and hold no query") }
            return .loopback(host: host, port: port, path: path)
        case "paste":
            try unfit(["host", "port", "path"], "paste")
            guard let url = members["redirect_url"]?.stringValue, isFit(url) else {
                throw Fault(field: "redirect_url", reason: "must be the https URL of the page that shows the code")
            }
            return .paste(url)
        default: throw Fault(field: "redirect", reason: "must be loopback or paste")
        }
    }

    private static func isFit(_ url: String) -> Bool {
        guard let address = WebAddress(url), !address.hasCredentials else { return false }
        return address.isConfidential
    }
}
