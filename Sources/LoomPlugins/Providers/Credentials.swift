import LoomKernel
import LoomSystem

/// Where a provider's key and address come from, as its `credentials` table says.
struct Credentials: Sendable, Hashable {
    /// Names of environment variables; the first that is set counts.
    var keyVariables: [String] = []
    var baseURL: String?
    var baseURLVariables: [String] = []
    /// The provider can be used without a key.
    var isOptional = false
    var kind = Kind.key
    /// The name by which Amazon's signatures know the service.
    var service = ""
    var settings: [CallSetting] = []
}

/// A provider's credentials, settled: plugin, configuration and environment put together.
struct Account: Sendable {
    let keyVariables: [String]
    let baseURL: String?
    let needsKey: Bool
    let environment: @Sendable (String) -> String?
    let files: any FileSystem
    let kind: Credentials.Kind
    let service: String
    /// What is known about the account besides its key, by name, and where it comes from.
    private(set) var settings: [String: String]
    let sources: [CallSetting]
    let baseURLVariables: [String]
    /// The settings that the base URL is made of.
    let urlNeeds: [String]
    let keys: KeySources

    init(
        _ credentials: Credentials, settings configured: ProviderSettings?, environment: @escaping @Sendable (String) -> String?,
        files: any FileSystem, keys: KeySources = KeySources()
    ) {
        keyVariables = configured?.keyEnv.map { [$0] } ?? credentials.ownKeyVariables
        (kind, service, sources) = (credentials.kind, credentials.service, credentials.settings)
        (self.environment, self.files) = (environment, files)
        self.keys = keys
        needsKey = !credentials.isOptional && !(keyVariables.isEmpty && keys.isEmpty)
        baseURLVariables = credentials.baseURLVariables
        let values = Self.values(of: sources, environment)
        settings = values
        let fromEnvironment = credentials.baseURLVariables.lazy.compactMap { environment($0)?.trimmed }.first { !$0.isEmpty }
        let special = sources.lazy.compactMap { source in values[source.name].flatMap { source.baseURLs[$0] } }.first
        let isSignedIn = keys.origin(keyVariables, environment).source == .signIn
        let own = (isSignedIn ? keys.signIn?.baseURL : nil) ?? special ?? credentials.baseURL
        if let given = fromEnvironment.map({ Self.whole($0, like: own) }) ?? configured?.baseURL {
            (urlNeeds, baseURL) = ([], Self.withoutSlash(given))
        } else {
            urlNeeds = own.map(CallSetting.names) ?? []
            baseURL = own.flatMap { CallSetting.fill($0, with: values) }.map(Self.withoutSlash)
        }
        // Its key file knows the account's project.
        if kind == .googleServiceAccount, settings["project_id"] == nil, let file = keyFile, let account = try? serviceAccount(file).account
        {
            settings["project_id"] = account.projectID
        }
    }

    init(
        _ endpoint: EndpointSettings, sources: [CallSetting] = [], environment: @escaping @Sendable (String) -> String?,
        files: any FileSystem, keys: KeySources = KeySources()
    ) {
        keyVariables = endpoint.keyEnv.map { [$0] } ?? []
        baseURL = Self.withoutSlash(endpoint.url)
        self.keys = keys
        needsKey = endpoint.keyEnv != nil || !keys.isEmpty
        (kind, service, baseURLVariables, urlNeeds) = (.key, "", [], [])
        // Such a server may need none of them; what there is the plugin gets.
        settings = Self.values(of: sources, environment)
        self.sources = []
        (self.environment, self.files) = (environment, files)
    }

    private static func values(of sources: [CallSetting], _ environment: (String) -> String?) -> [String: String] {
        Dictionary(sources.compactMap { source in source.value(environment).map { (source.name, $0) } }, uniquingKeysWith: { $1 })
    }

    /// The key of a variable, read at each call: it may be set while the program runs.
    var key: Secret? {
        // There the variable holds a path.
        guard kind != .googleServiceAccount else { return nil }
        return keyVariables.lazy.compactMap { Secret(environment($0)) }.first
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
