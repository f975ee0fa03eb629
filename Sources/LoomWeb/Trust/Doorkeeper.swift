import LoomSystem

/// Decides who may see the page and give commands.
///
/// The page can run commands on this machine, so being on the loopback interface is not enough: any web site can make a
/// browser send requests here. The host name must be ours (DNS rebinding), the origin must be ours (forged forms), and the
/// token must be known (other users of the machine).
struct Doorkeeper: Sendable {
    enum Judgement: Equatable {
        case admit
        /// The address with the token was opened: remember it in a cookie and go on to the clean address.
        case welcome(cookie: String, location: String)
        case refuse(Refusal)
    }

    private let token: String
    /// What a browser shows instead. It comes to every server of this machine that the browser asks, so it is no token.
    private let pass: String
    private let ticket: Ticket?

    /// - Parameter ticket: lets in once, for the browser that loomkin opens itself.
    init(token: String, ticket: Ticket? = nil) {
        self.token = token
        self.pass = Self.pass(for: token)
        self.ticket = ticket
    }

    static func pass(for token: String) -> String { Hash.sha256("the browser's pass for \(token)") }

    func judge(_ knock: Knock) -> Judgement {
        guard let host = knock.host?.lowercased(), Self.hosts(port: knock.port).contains(host) else {
            return .refuse(.foreignHost(port: knock.port))
        }
        if let refusal = self.judgeOrigin(of: knock, host: host) { return .refuse(refusal) }
        if let shown = Self.bearer(knock.authorization) {
            return self.isToken(shown) ? .admit : .refuse(.wrongToken)
        }
        let (path, query) = Self.split(knock.target)
        if knock.kind == .reading, self.opens(query) {
            let rest = query.split(separator: "&").filter { !$0.hasPrefix("token=") && !$0.hasPrefix("ticket=") }.joined(separator: "&")
            return .welcome(cookie: self.cookie(port: knock.port), location: PathSegment.local(rest.isEmpty ? path : "\(path)?\(rest)"))
        }
        let name = Self.cookieName(port: knock.port)
        let shown = knock.cookies.flatMap { Self.values(of: name, in: $0) }
        if shown.contains(where: { Hash.areEqual($0, self.pass) }) { return .admit }
        if Self.parameter("ticket", in: query) != nil { return .refuse(.usedTicket) }
        return .refuse(shown.isEmpty && Self.parameter("token", in: query) == nil ? .noToken : .wrongToken)
    }

    private func opens(_ query: Substring) -> Bool {
        if let shown = Self.parameter("token", in: query) { return self.isToken(shown) }
        return Self.parameter("ticket", in: query).map { self.ticket?.take($0) ?? false } ?? false
    }

    /// A request that changes something must come from our own page, or from a program that holds the token: a browser
    /// never adds a Bearer token by itself.
    private func judgeOrigin(of knock: Knock, host: String) -> Refusal? {
        switch knock.origin?.lowercased() {
        case "http://\(host)": nil
        case nil: knock.kind == .reading || knock.authorization != nil ? nil : .noOrigin
        // Forms of a page with the policy `no-referrer` say so; then only the browser's own word on the site counts.
        case "null" where knock.fetchSite == "same-origin": nil
        default: .foreignOrigin
        }
    }

    private func isToken(_ shown: String) -> Bool { Hash.areEqual(shown, self.token) }

    private func cookie(port: Int) -> String {
        "\(Self.cookieName(port: port))=\(self.pass); Path=/; HttpOnly; SameSite=Strict"
    }

    /// Cookies know no ports, so the name does: two projects side by side do not sign each other out.
    private static func cookieName(port: Int) -> String { "loomkin-\(port)" }

    private static func hosts(port: Int) -> [String] {
        let names = ["127.0.0.1", "localhost", "[::1]"]
        return names.map { "\($0):\(port)" } + (port == 80 ? names : [])
    }

    private static func bearer(_ authorization: String?) -> String? {
        guard let words = authorization?.split(separator: " ", maxSplits: 1), words.count == 2, words[0].lowercased() == "bearer" else {
            return nil
        }
        return String(words[1])
    }

    private static func split(_ target: String) -> (path: String, query: Substring) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.first.map(String.init) ?? "/", parts.count == 2 ? parts[1] : "")
    }

    private static func parameter(_ name: String, in query: Substring) -> String? {
        query.split(separator: "&").first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    private static func values(of name: String, in header: String) -> [String] {
        header.split(separator: ";").compactMap { pair in
            let pair = pair.drop { $0 == " " }
            return pair.hasPrefix(name + "=") ? String(pair.dropFirst(name.count + 1)) : nil
        }
    }
}
