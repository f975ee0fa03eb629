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
    let order: Order
    var headerList: UnsafeMutablePointer<curl_slist>?
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

    /// Called for each connection that a request for public hosts alone would make.
    func mayConnect(to address: NetworkAddress?) -> Bool {
        if let address, address.isPublic { return true }
        failure = .privateAddress(address?.description ?? "no network address")
        return false
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
