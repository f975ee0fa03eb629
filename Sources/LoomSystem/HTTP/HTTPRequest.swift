/// One request over HTTP or HTTPS.
package struct HTTPRequest: Sendable, Hashable {
    package var method: String
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// For finding the host, connecting and the TLS handshake.
    package var connectTimeout: Duration
    /// The longest silence of a connected server, also before its first byte; a consumer that does not read is no silence.
    package var stallTimeout: Duration
    /// For everything until the last byte of the body; nil sets no bound.
    package var totalTimeout: Duration?
    /// The most bytes of the response's body.
    package var bodyLimit: Int
    /// How many redirects are followed. Other hosts then get these headers as well, save `Authorization` and `Cookie`: leave it
    /// at 0 for a request with a secret.
    package var redirects: Int
    /// Whether it is not sent when its host turns out to be this machine or one of a private network. Looked at when the
    /// connection is made, so that no other answer of the name server can come in between. Behind a proxy, that one decides.
    package var isOnlyForPublicHosts = false

    package init(
        method: String = "GET",
        url: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        connectTimeout: Duration = .seconds(15),
        stallTimeout: Duration = .seconds(120),
        totalTimeout: Duration? = nil,
        bodyLimit: Int = 64 << 20,
        redirects: Int = 0
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.totalTimeout = totalTimeout
        self.bodyLimit = bodyLimit
        self.redirects = redirects
    }
}
