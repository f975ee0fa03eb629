/// The proof that who redeems a code is who asked for it (RFC 7636, method S256).
package struct PKCE: Sendable {
    /// Stays here until the code is redeemed.
    package let verifier: String

    package init(verifier: String) { self.verifier = verifier }

    /// - Parameter random: a source that is fit for secrets.
    package init(random: some RandomSource) { self.init(verifier: Hash.token(bytes: 32, random: random)) }

    /// What the authorisation server gets to see.
    package var challenge: String { Hash.base64URL(Hash.digest(Array(verifier.utf8))) }
}

extension Hash {
    /// A secret of so many bytes of the source, written in the URL-safe base 64 alphabet without padding.
    package static func token(bytes count: Int, random: some RandomSource) -> String {
        var generator = RandomGenerator(source: random)
        return base64URL((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
