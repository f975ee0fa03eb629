/// Signs requests as Amazon's services want them: Signature Version 4
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
package struct AmazonSignature: Sendable, CustomStringConvertible, CustomReflectable {
    private let accessKey: String
    private let secretKey: String
    private let sessionToken: String?
    private let region: String
    private let service: String

    package var description: String { "AmazonSignature(\(service), \(region))" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// - Parameter sessionToken: Goes with temporary keys.
    package init(accessKey: String, secretKey: String, sessionToken: String? = nil, region: String, service: String) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }

    /// Headers that proxies and HTTP clients change.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// The request with `x-amz-date`, `x-amz-security-token` and `authorization`. It has to be sent within five minutes, as it is.
    package func sign(_ request: HTTPRequest, at time: Timestamp) -> HTTPRequest {
        var request = request
        let date = time.text(fractionDigits: 0).filter { $0 != "-" && $0 != ":" }
        request.headers["x-amz-date"] = date
        if let sessionToken { request.headers["x-amz-security-token"] = sessionToken }
        let (host, path, query) = Self.parts(request.url)
        var fields = [(name: "host", value: host)]
        for field in request.headers where !Self.unsigned.contains(field.name.lowercased()) && field.name.lowercased() != "host" {
            fields.append((field.name.lowercased(), Self.trimmed(field.value)))
        }
        // One line a name, with all its values in their order.
        let names = Set(fields.map(\.name)).sorted()
        let lines = names.map { name in "\(name):\(fields.filter { $0.name == name }.map(\.value).joined(separator: ","))\n" }
        let signed = names.joined(separator: ";")
        let canonical = [
            request.method, Self.canonical(path: path), Self.canonical(query: query), lines.joined(), signed, Hash.sha256(request.body),
        ].joined(separator: "\n")
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(Hash.sha256(canonical))"
        var key = Array("AWS4\(secretKey)".utf8)
        for step in [String(date.prefix(8)), region, service, "aws4_request"] { key = Hash.authenticationCode(Array(step.utf8), key: key) }
        let signature = Hash.hmacSHA256(Array(text.utf8), key: key)
        request.headers["authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(signed), Signature=\(signature)"
        return request
    }

    /// Host (with a port that is not the scheme's own), path and query as the URL has them.
    private static func parts(_ url: String) -> (host: String, path: String, query: String) {
        let scheme = url.firstRange(of: "://")
        let rest = url[(scheme?.upperBound ?? url.startIndex)...].prefix { $0 != "#" }
        var host = rest.prefix { $0 != "/" && $0 != "?" }
        let behind = rest[host.endIndex...]
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        for (name, port) in [("https://", ":443"), ("http://", ":80")] where url.lowercased().hasPrefix(name) && host.hasSuffix(port) {
            host = host.dropLast(port.count)
        }
        let path = behind.prefix { $0 != "?" }
        return (host.lowercased(), path.isEmpty ? "/" : String(path), String(behind[path.endIndex...].dropFirst()))
    }

    /// Encoded once more: all services but S3 want what stands in the URL encoded again.
    private static func canonical(path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { PercentEncoding.encode($0) }.joined(separator: "/")
    }

    private static func canonical(query: String) -> String {
        let fields = query.split(separator: "&").map { field in
            let name = field.prefix { $0 != "=" }
            return (normal(name), normal(field[name.endIndex...].dropFirst()))
        }
        return fields.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    private static func normal(_ text: Substring) -> String { PercentEncoding.encode(bytes: PercentEncoding.decode(bytes: text)) }

    /// Without spaces at the ends, and never two in a row.
    private static func trimmed(_ value: String) -> String {
        value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    }
}
