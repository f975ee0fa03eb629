import HTTPTypes
import Hummingbird

extension Response {
    /// Nothing of ours may be cached, framed, guessed at, or fetched from elsewhere.
    ///
    /// - Parameter policy: what the content may load and do, a content-security policy.
    mutating func harden(policy: String) {
        self.headers[.contentSecurityPolicy] = policy
        for (name, value) in Self.hardening { self.headers[name] = value }
    }

    private static let hardening: [(HTTPField.Name, String)] = [
        ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    .compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
