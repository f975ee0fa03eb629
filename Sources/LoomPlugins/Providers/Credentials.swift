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
        baseURL = (fromEnvironment ?? settings?.baseURL ?? credentials.baseURL).map(Self.withoutSlash)
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

    private static func withoutSlash(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}
