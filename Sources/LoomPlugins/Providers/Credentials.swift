import LoomKernel

/// Where a provider's key and address come from, as its `credentials` table says.
struct Credentials: Sendable, Hashable {
    /// Names of environment variables; the first that is set counts.
    var keyVariables: [String] = []
    var baseURL: String?
    var baseURLVariables: [String] = []
    /// The provider can be used without a key.
    var isOptional = false
}

/// A provider's credentials, settled: plugin, configuration and environment put together.
struct Account: Sendable {
    let keyVariables: [String]
    let baseURL: String?
    let needsKey: Bool
    let environment: @Sendable (String) -> String?

    init(_ credentials: Credentials, settings: ProviderSettings?, environment: @escaping @Sendable (String) -> String?) {
        keyVariables = settings?.keyEnv.map { [$0] } ?? credentials.keyVariables
        let fromEnvironment = credentials.baseURLVariables.lazy.compactMap { environment($0)?.trimmed }.first { !$0.isEmpty }
        let named = fromEnvironment.map { Self.whole($0, like: credentials.baseURL) }
        baseURL = (named ?? settings?.baseURL ?? credentials.baseURL).map(Self.withoutSlash)
        needsKey = !credentials.isOptional && !keyVariables.isEmpty
        self.environment = environment
    }

    init(_ endpoint: EndpointSettings, environment: @escaping @Sendable (String) -> String?) {
        keyVariables = endpoint.keyEnv.map { [$0] } ?? []
        baseURL = Self.withoutSlash(endpoint.url)
        needsKey = endpoint.keyEnv != nil
        self.environment = environment
    }

    /// Read at each call: a key may be set while the program runs.
    var key: Secret? { keyVariables.lazy.compactMap { Secret(environment($0)) }.first }

    var missing: String? {
        guard needsKey, key == nil else { return nil }
        return "set \(keyVariables.joined(separator: " or "))"
    }

    /// Some programs' own variables hold a host or a port alone (`OLLAMA_HOST=0.0.0.0:8080`): what is missing is as in the plugin's
    /// own address.
    private static func whole(_ address: String, like own: String?) -> String {
        guard !address.contains("://"), let own, let scheme = own.firstRange(of: "://") else { return address }
        let ours = hostAndPort(own[scheme.upperBound...])
        let theirs = hostAndPort(address[...])
        let host = theirs.host.isEmpty ? ours.host : theirs.host
        return "\(own[..<scheme.upperBound])\(host)\(theirs.port ?? ours.port ?? "")\(theirs.path)"
    }

    /// The port with its colon. An IPv6 address stands in brackets.
    private static func hostAndPort(_ text: Substring) -> (host: Substring, port: Substring?, path: Substring) {
        let authority = text.prefix { $0 != "/" }
        let path = text[authority.endIndex...]
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[bracket...].lastIndex(of: ":") else { return (authority, nil, path) }
        return (authority[..<colon], authority[colon...], path)
    }

    private static func withoutSlash(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}
