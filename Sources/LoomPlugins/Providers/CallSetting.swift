import LoomKernel
import LoomSystem

/// Something about an account that is no secret, such as a region: where it comes from.
struct CallSetting: Sendable, Hashable {
    let name: String
    /// Names of environment variables; the first that is set counts.
    var variables: [String] = []
    var defaultValue: String?
    /// The provider can be used without it.
    var isOptional = false
    /// Base URLs in place of the provider's own, for certain values.
    var baseURLs: [String: String] = [:]

    func value(_ environment: (String) -> String?) -> String? {
        variables.compactMap { environment($0)?.trimmed }.first { !$0.isEmpty } ?? defaultValue
    }

    /// The URL with each `{name}` filled in; nil when a value is missing, or could lead to another server than the plugin means.
    static func fill(_ url: String, with values: [String: String]) -> String? {
        var filled = ""
        var rest = url[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}"), let value = values[String(rest[rest.index(after: open)..<close])],
                value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") })
            else { return nil }
            filled += rest[..<open] + value
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }

    /// What stands in braces.
    static func names(in url: String) -> [String] {
        url.split(separator: "{", omittingEmptySubsequences: false).dropFirst().map { String($0.prefix { $0 != "}" }) }
    }
}

extension CallSetting {
    private static let fields = ["env", "default", "optional", "base_urls"]

    /// From a plugin's table; throws what the value has to be.
    init(_ name: String, _ value: JSON) throws(Fault) {
        self.init(name: name)
        if let names = value.names {
            variables = names
            return
        }
        guard let members = value.members else { throw Fault(reason: "the names of environment variables, or a table") }
        for field in members.keys.sorted() where !Self.fields.contains(field) {
            throw Fault(reason: "a table without \"\(field)\"\(NearestName.hint(field, in: Self.fields))")
        }
        if let names = members["env"] {
            guard let names = names.names else { throw Fault(reason: "a table whose env is a list of environment variables") }
            variables = names
        }
        if let text = members["default"] {
            guard let text = text.stringValue else { throw Fault(reason: "a table whose default is a string") }
            defaultValue = text
        }
        if let flag = members["optional"] {
            guard let flag = flag.boolValue else { throw Fault(reason: "a table whose optional is a boolean") }
            isOptional = flag
        }
        for (name, url) in members["base_urls"]?.members ?? [:] {
            guard let url = url.stringValue, url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw Fault(reason: "a table whose base_urls are http or https URLs")
            }
            baseURLs[name] = url
        }
    }

    struct Fault: Error {
        let reason: String
    }
}
