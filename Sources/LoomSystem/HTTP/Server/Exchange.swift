internal import CEvent
import Glibc

/// One request that is being answered.
///
/// Everything that changes belongs to the loop's thread, which libevent calls it on. The request is there as long as somebody
/// waits for the answer.
final class Exchange: @unchecked Sendable {
    let request: HTTPServer.Request
    private let loop: EventLoop
    private var pending: OpaquePointer?
    /// Who waits for a piece to be written.
    private var writing: CheckedContinuation<Bool, Never>?
    private var onClose: (@Sendable () -> Void)?
    private var onDone: (@Sendable () -> Void)?

    /// Seconds that a reader of a stream may take for one piece.
    private static let patience = 60

    init(_ pending: OpaquePointer, _ request: HTTPServer.Request, loop: EventLoop) {
        self.pending = pending
        self.request = request
        self.loop = loop
        evhttp_connection_set_closecb(
            evhttp_request_get_connection(pending),
            { _, context in
                if let context { Unmanaged<Exchange>.fromOpaque(context).takeRetainedValue().lose() }
            }, Unmanaged.passRetained(self).toOpaque())
    }

    /// Returns when the answer is handed over; its `whenDone` says when it is written.
    func answer(_ response: HTTPServer.Response) async {
        loop.perform { self.onDone = response.whenDone }
        switch response.body {
        case .bytes(let bytes): loop.perform { self.reply(response, bytes) }
        case .stream(let body):
            guard request.method != "HEAD" else { return loop.perform { self.reply(response, []) } }
            loop.perform { self.begin(response) }
            await body(ResponseWriter(exchange: self))
            loop.perform { self.end() }
        }
    }

    func write(_ bytes: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            loop.perform { self.write(bytes, continuation) }
        }
    }

    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        loop.perform {
            guard self.pending != nil else { return body() }
            self.onClose = body
        }
    }

    // MARK: On the loop's thread

    private func reply(_ response: HTTPServer.Response, _ bytes: [UInt8]) {
        guard let pending else { return done() }
        add(response.headers, to: pending)
        // libevent would send the body to whoever asks for the head alone.
        if request.method == "HEAD" {
            evhttp_add_header(evhttp_request_get_output_headers(pending), "Content-Length", "\(bytes.count)")
        } else {
            evbuffer_add(evhttp_request_get_output_buffer(pending), bytes, bytes.count)
        }
        expectDone(pending)
        evhttp_send_reply(pending, Int32(response.status), nil, nil)
    }

    private func begin(_ response: HTTPServer.Response) {
        guard let pending else { return }
        add(response.headers, to: pending)
        evhttp_add_header(evhttp_request_get_output_headers(pending), "Connection", "close")
        // A reader says nothing all the while, and may be slow, but not for ever.
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        bufferevent_set_timeouts(evhttp_connection_get_bufferevent(evhttp_request_get_connection(pending)), nil, &patience)
        evhttp_send_reply_start(pending, Int32(response.status), nil)
    }

    private func write(_ bytes: [UInt8], _ continuation: CheckedContinuation<Bool, Never>) {
        guard let pending, let buffer = evbuffer_new() else { return continuation.resume(returning: false) }
        defer { evbuffer_free(buffer) }
        guard !bytes.isEmpty else { return continuation.resume(returning: true) }
        writing = continuation
        evbuffer_add(buffer, bytes, bytes.count)
        evhttp_send_reply_chunk_with_cb(
            pending, buffer,
            { _, context in
                if let context { Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().wrote(true) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func wrote(_ isWritten: Bool) {
        writing?.resume(returning: isWritten)
        writing = nil
    }

    private func end() {
        guard let pending else { return done() }
        expectDone(pending)
        evhttp_send_reply_end(pending)
    }

    private func expectDone(_ pending: OpaquePointer) {
        evhttp_request_set_on_complete_cb(
            pending,
            { _, context in
                if let context { Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().release() }
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The connection is going down.
    private func lose() {
        // A request that libevent took off its connection is ours to free; any other goes with the connection.
        if let pending, evhttp_request_get_connection(pending) == nil { evhttp_request_free(pending) }
        pending = nil
        wrote(false)
        onClose?()
        onClose = nil
        done()
    }

    /// All is written. The connection may carry another request from here on, which is not ours.
    private func release() {
        guard let pending else { return }
        evhttp_connection_set_closecb(evhttp_request_get_connection(pending), nil, nil)
        self.pending = nil
        onClose = nil
        done()
        Unmanaged.passUnretained(self).release()
    }

    private func done() {
        onDone?()
        onDone = nil
    }

    private func add(_ headers: HTTPHeaders, to pending: OpaquePointer) {
        let output = evhttp_request_get_output_headers(pending)
        for field in headers { evhttp_add_header(output, field.name, field.value) }
    }
}
