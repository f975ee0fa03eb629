import CCurl

extension Transfer {
    func configure() -> Bool {
        let request = order.request
        var isDone = true
        func set(_ code: CURLcode) { isDone = isDone && code == CURLE_OK }
        set(loom_curl_set_string(easy, CURLOPT_URL, request.url))
        set(loom_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https"))
        set(loom_curl_set_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https"))
        set(loom_curl_set_long(easy, CURLOPT_NOSIGNAL, 1))
        set(loom_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)))
        set(loom_curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1))
        set(loom_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.connectTimeout.wholeMilliseconds))))
        if request.redirects > 0 {
            set(loom_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 1))
            set(loom_curl_set_long(easy, CURLOPT_MAXREDIRS, request.redirects))
        }
        if !order.configuration.usesProxies { set(loom_curl_set_string(easy, CURLOPT_NOPROXY, "*")) }
        if let file = order.configuration.certificateFile { set(loom_curl_set_string(easy, CURLOPT_CAINFO, file)) }
        configureMethod(set)
        if request.isOnlyForPublicHosts { configureGuard(set) }
        // "Expect: 100-continue" costs a round trip, and its absence costs nothing here.
        append("Expect:")
        if request.headers["Content-Type"] == nil { append("Content-Type:") }
        for field in request.headers { append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)") }
        set(loom_curl_set_headers(easy, headerList))
        set(loom_curl_set_sinks(easy, headerSink, bodySink, Unmanaged.passUnretained(self).toOpaque()))
        return isDone
    }

    private func configureMethod(_ set: (CURLcode) -> Void) {
        let request = order.request
        if request.method == "HEAD" {
            set(loom_curl_set_long(easy, CURLOPT_NOBODY, 1))
        } else if request.method == "POST" || !request.body.isEmpty {
            set(loom_curl_set_long(easy, CURLOPT_POST, 1))
            set(loom_curl_copy_body(easy, request.body, curl_off_t(request.body.count)))
            // Not for POST: curl would repeat a custom method on a redirect that asks for GET.
            if request.method != "POST" { set(loom_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method)) }
        } else if request.method != "GET" {
            set(loom_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method))
        }
    }

    private func configureGuard(_ set: (CURLcode) -> Void) {
        // A connection that stands already was made for somebody else.
        set(loom_curl_set_long(easy, CURLOPT_FRESH_CONNECT, 1))
        set(loom_curl_set_long(easy, CURLOPT_FORBID_REUSE, 1))
        let choice = ProxyChoice(environment: order.configuration.usesProxies ? Environment.all : [:])
        // Said in so many words, so that curl cannot see it differently.
        let proxy = WebAddress(order.request.url).flatMap(choice.proxy)
        set(loom_curl_set_string(easy, CURLOPT_PROXY, proxy ?? ""))
        set(loom_curl_set_string(easy, CURLOPT_NOPROXY, proxy == nil ? "*" : ""))
        guard proxy == nil else { return }
        set(loom_curl_set_opener(easy, socketOpener, Unmanaged.passUnretained(self).toOpaque()))
    }

    private func append(_ line: String) {
        // A failure leaves the list as it was; the request then lacks a header, as curl's own tool has it without memory.
        if let longer = curl_slist_append(headerList, line) { headerList = longer }
    }
}

private let headerSink: loom_curl_sink = { bytes, size, count, context in
    sink(bytes, size * count, context) { $0.receivedHeader($1) }
}

private let bodySink: loom_curl_sink = { bytes, size, count, context in
    sink(bytes, size * count, context) { $0.receivedBody($1) }
}

private func sink(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ body: (Transfer, UnsafeRawBufferPointer) -> Int
) -> Int {
    guard let context else { return 0 }
    // The reactor keeps the transfer for as long as curl has its handle.
    return body(Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue(), UnsafeRawBufferPointer(start: bytes, count: count))
}

private let socketOpener: curl_opensocket_callback = { context, _, address in
    guard let context, let address else { return loom_curl_bad_socket() }
    // The reactor keeps the transfer for as long as curl has its handle.
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    guard transfer.mayConnect(to: NetworkAddress(loom_curl_address(address))) else { return loom_curl_bad_socket() }
    return loom_curl_open_socket(address)
}
