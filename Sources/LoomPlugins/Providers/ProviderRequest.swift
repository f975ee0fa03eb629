import LoomKernel
import LoomSystem

/// What a provider's `request` function asks for, made into the request that is sent.
struct ProviderRequest {
    /// Why the table is no request, or may not be sent: one sentence.
    struct Fault: Error {
        let reason: String
    }

    let request: HTTPRequest

    static let elsewhere = "the key is only sent to the base URL, and request returned another server's url"
    private static let fields = ["url", "method", "headers", "body"]

    init(_ table: JSON, baseURL: String?, key: Secret?) throws(Fault) {
        guard let members = table.objectValue else { throw Fault(reason: "request returns a table, got \(table.kind)") }
        for name in members.keys.sorted() where !Self.fields.contains(name) {
            throw Fault(reason: "request returns a table without \"\(name)\"\(NearestName.hint(name, in: Self.fields))")
        }
        guard let url = members["url"]?.stringValue else { throw Fault(reason: "request returns no url") }
        var headers = HTTPHeaders()
        for (name, value) in (members["headers"]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let value = value.stringValue else { throw Fault(reason: "the header \(name) is no string") }
            guard Secret.isAskedFor(in: value) else {
                headers.append(name, value)
                continue
            }
            // A plugin never sees the key, and it can't have it sent to a place of its own choice either.
            guard let baseURL, Self.origin(url) == Self.origin(baseURL) else {
                throw Fault(reason: Self.elsewhere)
            }
            // Without a key there is nothing to prove: a header with an empty one would be an error at most servers.
            if key?.fillsHeaders == true { headers.append(name, Secret.fill(value, with: key)) }
        }
        if headers["accept"] == nil { headers.append("accept", "text/event-stream") }
        let body: [UInt8]
        switch members["body"] {
        case nil, .null?: body = []
        case .string(let text)?: body = Array(text.utf8)
        case let value?:
            body = value.bytes()
            if headers["content-type"] == nil { headers.append("content-type", "application/json") }
        }
        request = HTTPRequest(method: members["method"]?.stringValue ?? "POST", url: url, headers: headers, body: body)
    }

    /// Scheme, host and port.
    static func origin(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return (url[..<scheme.upperBound] + authority).lowercased()
    }
}
