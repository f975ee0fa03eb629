/// HTTP over the system's libcurl: HTTP/1.1 and 2, the system's trusted certificates, a shared pool of connections.
package struct LiveHTTPClient: HTTPClient {
    package struct Configuration: Sendable, Hashable {
        /// Whether `https_proxy`, `no_proxy` and their kin in the environment count, as for the curl command.
        package var usesProxies: Bool
        /// A file of trusted certificates in place of the system's.
        package var certificateFile: String?

        package init(usesProxies: Bool = true, certificateFile: String? = nil) {
            self.usesProxies = usesProxies
            self.certificateFile = certificateFile
        }
    }

    /// Bytes of a body that may wait for their consumer.
    private static let window = 1 << 18

    private let configuration: Configuration

    package init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard let host = WebAddress(request.url)?.host else { throw HTTPError(.invalidURL, host: "") }
        guard Self.isWellFormed(request) else { throw HTTPError(.invalidHeader, host: host) }
        let reactor = CurlReactor.shared
        let id = reactor.newID()
        let cancel: @Sendable () -> Void = { reactor.submit(.cancel(id: id)) }
        let cancelled = HTTPError(.cancelled, host: host)
        let channel = ByteChannel<HTTPError>(
            limit: Self.window, cancellation: .failure(cancelled), onRoom: { reactor.submit(.room(id: id)) }, onAbandon: cancel)
        // From here on, leaving by any way drops the body and so ends the transfer.
        let body = HTTPBody(channel)
        let order = Transfer.Order(
            id: id, request: request, host: host, configuration: configuration, head: OneShot(), channel: channel,
            cancellation: CancellationFlag())
        if Task.isCancelled { throw cancelled }
        if !reactor.submit(.start(order)) { order.fail(.other("curl could not be started")) }
        guard let head = await order.head.value() else {
            order.cancellation.set()
            cancel()
            throw cancelled
        }
        let response = try head.get()
        return HTTPResponse(status: response.status, headers: response.headers, body: body)
    }

    /// A line end in a header would let its author add headers of their own.
    private static func isWellFormed(_ request: HTTPRequest) -> Bool {
        func isToken(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !":;,\"()<>@[]{}\\/?=".utf8.contains($0) }
        }
        func isValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
        return isToken(request.method) && request.headers.allSatisfy { isToken($0.name) && isValue($0.value) }
    }
}
