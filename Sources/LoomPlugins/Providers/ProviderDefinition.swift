import LoomKernel
import LoomLua
import LoomSystem

/// A provider's table, checked.
struct ProviderDefinition: Sendable {
    enum Work: Sendable {
        /// The host sends what `request` makes, and hands each event of the answer to `decode`.
        case request(LuaFunction, decode: LuaFunction)
        /// The plugin makes the reply itself.
        case stream(LuaFunction)
    }

    /// Its name for people, and what it speaks; nil where the plugin does not say.
    let vendor: String?
    let dialect: String?
    let credentials: Credentials
    /// Nil where a key is the only way.
    let signIn: SignIn?
    let defaultModel: String?
    let work: Work
    let failure: LuaFunction?
    let answer: LuaFunction?
    /// How the server is asked for its models, and what it says.
    let models: (request: LuaFunction, decode: LuaFunction)?

    init(_ table: PluginTable) throws(PluginFault) {
        try table.check()
        vendor = try table.optionalString("vendor")
        dialect = try table.optionalString("dialect")
        credentials = try Self.credentials(table)
        signIn = try Self.signIn(table)
        defaultModel = try table.optionalString("default_model")
        failure = try table.optionalFunction("failure")
        answer = try table.optionalFunction("answer")
        models = try Self.models(table)
        if let stream = try table.optionalFunction("stream") {
            for name in ["request", "decode"] where table.has(name) {
                throw table.fault([name], "a provider has either stream, or request and decode")
            }
            work = .stream(stream)
        } else if table.has("request") || table.has("decode") {
            work = .request(
                try table.function("request", "(call): what to send"),
                decode: try table.function("decode", "(event, emit, state): what an event of the answer means"))
        } else {
            throw table.fault([], "missing field \"request\" (with \"decode\"), or \"stream\"")
        }
    }

    private static func models(_ table: PluginTable) throws(PluginFault) -> (request: LuaFunction, decode: LuaFunction)? {
        let functions = try table.functions("models", of: "their names")
        guard !functions.isEmpty else { return nil }
        func function(_ name: String) -> LuaFunction? { functions.first { $0.key == .string(name) }?.function }
        guard let request = function("request"), let decode = function("decode"), functions.count == 2 else {
            throw table.fault(["models"], "field \"models\" holds two functions, request and decode")
        }
        return (request, decode)
    }

    private static func signIn(_ table: PluginTable) throws(PluginFault) -> SignIn? {
        guard let members = try table.data("sign_in") else { return nil }
        guard let members = members.members else {
            throw table.fault(["sign_in"], "field \"sign_in\" must be a table, got \(members.kind)")
        }
        do throws(SignIn.Fault) {
            return try SignIn(members)
        } catch {
            throw table.fault(["sign_in", error.field], "sign_in.\(error.field) \(error.reason)")
        }
    }

    private static func credentials(_ table: PluginTable) throws(PluginFault) -> Credentials {
        guard let members = try table.data("credentials") else { return Credentials() }
        guard let members = members.members else {
            throw table.fault(["credentials"], "field \"credentials\" must be a table, got \(members.kind)")
        }
        var credentials = Credentials()
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            func wrong(_ wanted: String) -> PluginFault {
                table.fault(["credentials", name], "credentials.\(name) must be \(wanted), got \(value.text())")
            }
            switch name {
            case "key_env":
                guard let names = value.names else { throw wrong("a list of environment variables") }
                credentials.keyVariables = names
            case "base_url_env":
                guard let names = value.names else { throw wrong("a list of environment variables") }
                credentials.baseURLVariables = names
            case "base_url":
                guard let url = value.stringValue, url.hasPrefix("http://") || url.hasPrefix("https://") else {
                    throw wrong("an http or https URL")
                }
                credentials.baseURL = url
            case "optional":
                guard let flag = value.boolValue else { throw wrong("a boolean") }
                credentials.isOptional = flag
            case "kind":
                guard let kind = value.stringValue.flatMap(Credentials.Kind.init(rawValue:)) else {
                    throw wrong("one of \(Credentials.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                credentials.kind = kind
            case "service":
                guard let service = value.stringValue, !service.isEmpty else { throw wrong("the name of Amazon's service") }
                credentials.service = service
            case "settings":
                guard let settings = value.members else { throw wrong("a table of names and environment variables") }
                credentials.settings = try settings.sorted { $0.key < $1.key }.map { (name, value) throws(PluginFault) in
                    do throws(CallSetting.Fault) {
                        return try CallSetting(name, value)
                    } catch {
                        throw table.fault(["credentials", "settings", name], "credentials.settings.\(name) must be \(error.reason)")
                    }
                }
            default:
                let hint = NearestName.hint(
                    name, in: ["key_env", "base_url", "base_url_env", "optional", "kind", "service", "settings"])
                throw table.fault(["credentials", name], "credentials.\(name) is no field of credentials\(hint)")
            }
        }
        try check(credentials, table)
        return credentials
    }

    /// What fits together only as a whole.
    private static func check(_ credentials: Credentials, _ table: PluginTable) throws(PluginFault) {
        let names = credentials.settings.map(\.name)
        let urls = [credentials.baseURL].compactMap(\.self) + credentials.settings.flatMap(\.baseURLs.values)
        for name in urls.flatMap(CallSetting.names) where !names.contains(name) {
            let hint = NearestName.hint(name, in: names)
            throw table.fault(["credentials"], "credentials.base_url holds {\(name)}, which is no setting\(hint)")
        }
        if credentials.kind == .aws, credentials.service.isEmpty || !names.contains("region") {
            throw table.fault(["credentials"], "credentials of the kind aws need a service, and a setting \"region\"")
        }
    }
}

extension JSON {
    /// One text or a list of texts.
    var names: [String]? {
        if let text = stringValue { return [text] }
        let texts = arrayValue?.compactMap(\.stringValue)
        return texts?.count == arrayValue?.count ? texts : nil
    }
}
