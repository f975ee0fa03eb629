internal import CEvent

extension HTTPServer {
    /// What somebody asks for.
    package struct Request: Sendable {
        /// In capital letters.
        package let method: String
        /// Path and query as they came.
        package let target: String
        package let headers: HTTPHeaders
        package let body: [UInt8]
        /// The port it came in by.
        package let port: Int

        package init(method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], port: Int = 0) {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
            self.port = port
        }

        /// Without the query, not decoded.
        package var path: Substring { target.prefix { $0 != "?" } }

        /// The fields of the query, decoded; of one that is there twice the first counts.
        package var query: [String: String] { PercentEncoding.fields(of: target.dropFirst(path.count + 1)) }
    }

    /// What they get. Length, date and the like are added.
    package struct Response: Sendable {
        package enum Body: Sendable {
            case bytes([UInt8])
            /// Written piece by piece; ends when the closure does.
            case stream(@Sendable (ResponseWriter) async -> Void)
        }

        package var status: Int
        package var headers: HTTPHeaders
        package let body: Body
        /// Called once when all of it is written, or nobody reads any more.
        package let whenDone: (@Sendable () -> Void)?

        package init(
            status: Int, headers: HTTPHeaders = [:], body: Body = .bytes([]), whenDone: (@Sendable () -> Void)? = nil
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.whenDone = whenDone
        }
    }
}

/// Where the pieces of an answer go to.
package struct ResponseWriter: Sendable {
    let exchange: Exchange

    /// Returns when the piece is written; false when nobody reads any more. The next piece has to wait for that.
    package func write(_ text: String) async -> Bool { await exchange.write(Array(text.utf8)) }

    /// Calls the closure once, as soon as nobody reads any more.
    package func whenClosed(_ body: @escaping @Sendable () -> Void) { exchange.whenClosed(body) }
}

extension HTTPServer.Request {
    /// On the loop's thread.
    init(_ request: OpaquePointer, port: Int) {
        let method =
            switch evhttp_request_get_command(request) {
            case EVHTTP_REQ_GET: "GET"
            case EVHTTP_REQ_HEAD: "HEAD"
            case EVHTTP_REQ_POST: "POST"
            case EVHTTP_REQ_PUT: "PUT"
            case EVHTTP_REQ_DELETE: "DELETE"
            case EVHTTP_REQ_PATCH: "PATCH"
            default: "UNKNOWN"
            }
        var headers = HTTPHeaders()
        var next = evhttp_request_get_input_headers(request)?.pointee.tqh_first
        while let field = next?.pointee {
            if let name = field.key, let value = field.value { headers.append(String(cString: name), String(cString: value)) }
            next = field.next.tqe_next
        }
        let input = evhttp_request_get_input_buffer(request)
        let count = evbuffer_get_length(input)
        // An empty array is shared by all threads, and making one this way would write to it.
        let body =
            count == 0
            ? []
            : [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = Int(max(0, evbuffer_remove(input, buffer.baseAddress, count)))
            }
        self.init(
            method: method, target: evhttp_request_get_uri(request).map { String(cString: $0) } ?? "/", headers: headers, body: body,
            port: port)
    }
}
