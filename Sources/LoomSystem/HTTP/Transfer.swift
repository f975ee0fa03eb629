import CCurl

/// One request under way, known to the reactor's thread alone.
final class Transfer {
    /// What the reactor needs to begin.
    struct Order: Sendable {
        let id: UInt64
        let request: HTTPRequest
        let host: String
        let configuration: LiveHTTPClient.Configuration
        let head: OneShot<Result<HTTPResponseHead, HTTPError>>
        let channel: ByteChannel<HTTPError>
        let cancellation: CancellationFlag

        func fail(_ reason: HTTPError.Reason) {
            let error = HTTPError(reason, host: host)
            channel.finish(.failure(error))
            head.fulfil(.failure(error))
        }
    }

    let easy: UnsafeMutableRawPointer
    private let order: Order
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var head = HTTPHeadParser()
    private var bodySize = 0
    private var isPaused = false
    /// Set by a sink that makes curl give up.
    private var failure: HTTPError.Reason?
    private var lastActivity: Duration
    private var uploaded = 0
    private let deadline: Duration?
    private let connectDeadline: Duration

    /// Nil when curl lacks the memory.
    init?(_ order: Order) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.order = order
        let now = LiveClock().uptime
        lastActivity = now
        deadline = order.request.totalTimeout.map { now + $0 }
        connectDeadline = now + order.request.connectTimeout
        guard configure() else { return nil }
    }

    deinit {
        // No callback is running: the reactor has taken the handle out of the multi handle, or never put it in.
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
    }

    func error(_ reason: HTTPError.Reason) -> HTTPError { HTTPError(reason, host: order.host) }

    // MARK: - Time

    /// When `overdue` could next have an answer.
    var nextCheck: Duration? {
        let stall = isPaused ? nil : lastActivity + order.request.stallTimeout
        return [stall, deadline].compactMap { $0 }.min()
    }

    /// Why the transfer has had its time, nil while it has not.
    func overdue(now: Duration) -> HTTPError.Reason? {
        if let deadline, now >= deadline { return .timedOut }
        guard !isPaused, now >= lastActivity + order.request.stallTimeout else { return nil }
        // Neither connecting, which has a bound of its own, nor a long upload is silence.
        let sent = Int(loom_curl_get_size(easy, CURLINFO_SIZE_UPLOAD_T))
        let isConnected = loom_curl_get_size(easy, CURLINFO_PRETRANSFER_TIME_T) > 0
        if sent > uploaded || (!isConnected && now < connectDeadline) {
            uploaded = sent
            lastActivity = now
            return nil
        }
        return .stalled
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        lastActivity = LiveClock().uptime
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    // MARK: - What curl brings

    /// Returns how many bytes were taken; fewer than given makes curl give up.
    func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
        lastActivity = LiveClock().uptime
        guard let response = head.feed(line) else { return line.count }
        let mayFollow = order.request.redirects > 0 && (300..<400).contains(response.status)
        if !mayFollow { order.head.fulfil(.success(response)) }
        return line.count
    }

    func receivedBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        lastActivity = LiveClock().uptime
        // A body of a redirect that curl does not follow after all.
        if let response = head.response { order.head.fulfil(.success(response)) }
        guard order.channel.hasRoom() else {
            isPaused = true
            return loom_curl_pause()
        }
        bodySize += bytes.count
        if bodySize > order.request.bodyLimit {
            failure = .tooLarge(limit: order.request.bodyLimit)
            return 0
        }
        order.channel.send(Array(bytes))
        return bytes.count
    }

    // MARK: - End

    func finish(_ code: CURLcode) {
        if code == CURLE_OK {
            if let response = head.response { order.head.fulfil(.success(response)) }
            finish(.success(()))
        } else {
            finish(.failure(error(failure ?? HTTPError.Reason(code))))
        }
    }

    func finish(_ end: Result<Void, HTTPError>) {
        order.channel.finish(end)
        switch end {
        case .success: order.head.fulfil(.failure(error(.cut)))
        case .failure(let error): order.head.fulfil(.failure(error))
        }
    }
}

// MARK: - Configuration

extension Transfer {
    private func configure() -> Bool {
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

extension HTTPError.Reason {
    fileprivate init(_ code: CURLcode) {
        switch code {
        case CURLE_URL_MALFORMAT: self = .invalidURL
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .cannotResolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: self = .cannotConnect
        case CURLE_OPERATION_TIMEDOUT: self = .timedOut
        case CURLE_TOO_MANY_REDIRECTS: self = .tooManyRedirects
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS:
            self = .tls
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM: self = .cut
        // curl means: what answered does not speak HTTP/1 or 2.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: self = .other("the answer is not HTTP")
        default: self = .other(curl_easy_strerror(code).map { String(cString: $0) } ?? "curl error \(code.rawValue)")
        }
    }
}
