internal import CEvent
import Glibc
import Synchronization

/// Answers HTTP/1.1 on 127.0.0.1, by libevent's server.
///
///     let server = try HTTPServer(port: 4200)
///     try await server.run { request in .init(status: 200, body: .bytes(Array("You asked for \(request.path)".utf8))) }
///
/// One thread reads and writes for all connections. Each request is answered in a task of its own.
package final class HTTPServer: Sendable {
    package typealias Handler = @Sendable (Request) async -> Response

    /// Why nobody is served.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    private let descriptor: Int32
    private let bodyLimit: Int
    private let isStarted = Atomic(false)

    private static let headLimit = 64 << 10
    /// Seconds that a connection may be silent, between requests as well as in the middle of one.
    private static let patience: Int32 = 50

    /// Listens from now on; what comes in waits until `run`.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - bodyLimit: bytes. A larger body is refused by the status 413 before all of it is read.
    package init(port: Int, bodyLimit: Int = 1 << 20) throws(ListenError) {
        let socket = try LoopbackSocket(port: port)
        self.port = socket.port
        self.descriptor = socket.descriptor
        self.bodyLimit = bodyLimit
    }

    deinit {
        // From then on libevent closes it.
        if !isStarted.load(ordering: .acquiring) { close(descriptor) }
    }

    /// Serves until the task is cancelled; then all connections are closed at once, in the middle of an answer or not.
    package func run(_ handler: @escaping Handler) async throws(Failure) {
        guard let loop = EventLoop() else { throw Failure(description: "the system has no descriptors left") }
        let (exchanges, arrivals) = AsyncStream.makeStream(of: Exchange.self)
        let front = Front(loop: loop, port: port, roomForInput: Self.headLimit + bodyLimit + (64 << 10), arrivals: arrivals)
        let ended = OneShot<Bool>()
        isStarted.store(true, ordering: .releasing)
        let hasThread = DedicatedThread.start { [descriptor, bodyLimit] in
            let isListening = front.open(descriptor, headLimit: Self.headLimit, bodyLimit: bodyLimit, patience: Self.patience)
            if !isListening { loop.stop() }
            loop.run()
            arrivals.finish()
            ended.fulfil(isListening)
        }
        guard hasThread else {
            close(descriptor)
            throw Failure(description: "the system has no thread to serve with")
        }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await exchange in exchanges {
                    group.addTask { await exchange.answer(await handler(exchange.request)) }
                }
            }
        } onCancel: {
            front.close()
        }
        // Not in this task, which is cancelled and would not wait.
        let isListening = await Task { await ended.value() }.value
        if isListening != true { throw Failure(description: "libevent cannot listen") }
    }
}

extension HTTPServer {
    /// What libevent calls: takes requests in and makes exchanges of them. `server`, all of it that changes, is touched on the
    /// loop's thread alone: `open` is called there, libevent calls `take` there, and `close` hands its work over.
    private final class Front: @unchecked Sendable {
        private let loop: EventLoop
        private let port: Int
        /// Bytes of a connection that may wait to be looked at.
        private let roomForInput: Int
        private let arrivals: AsyncStream<Exchange>.Continuation
        private var server: OpaquePointer?

        init(loop: EventLoop, port: Int, roomForInput: Int, arrivals: AsyncStream<Exchange>.Continuation) {
            self.loop = loop
            self.port = port
            self.roomForInput = roomForInput
            self.arrivals = arrivals
        }

        func open(_ descriptor: Int32, headLimit: Int, bodyLimit: Int, patience: Int32) -> Bool {
            guard let server = evhttp_new(loop.base) else {
                Glibc.close(descriptor)
                return false
            }
            guard let socket = evhttp_accept_socket_with_handle(server, descriptor) else {
                evhttp_free(server)
                Glibc.close(descriptor)
                return false
            }
            rest(evhttp_bound_socket_get_listener(socket))
            evhttp_set_max_headers_size(server, headLimit)
            evhttp_set_max_body_size(server, bodyLimit)
            evhttp_set_timeout(server, patience)
            evhttp_set_default_content_type(server, nil)
            let methods = [EVHTTP_REQ_GET, EVHTTP_REQ_HEAD, EVHTTP_REQ_POST, EVHTTP_REQ_PUT, EVHTTP_REQ_DELETE, EVHTTP_REQ_PATCH]
            evhttp_set_allowed_methods(server, UInt16(methods.reduce(0) { $0 | $1.rawValue }))
            let front = Unmanaged.passUnretained(self).toOpaque()
            evhttp_set_bevcb(
                server,
                { base, front in
                    guard let front, let connection = bufferevent_socket_new(base, -1, 0) else { return nil }
                    // Left to itself it would read for as long as an answer is not taken, whatever is sent.
                    let room = Unmanaged<Front>.fromOpaque(front).takeUnretainedValue().roomForInput
                    bufferevent_setwatermark(connection, Int16(EV_READ), 0, room)
                    // As much as the system takes: who has closed their side of the connection gets no second piece.
                    bufferevent_set_max_single_write(connection, 4 << 20)
                    return connection
                }, front)
            evhttp_set_gencb(
                server,
                { request, front in
                    guard let request, let front else { return }
                    Unmanaged<Front>.fromOpaque(front).takeUnretainedValue().take(request)
                }, front)
            self.server = server
            return true
        }

        /// While no descriptor is left for a connection, libevent would try to take it again and again: it pauses between two tries.
        private func rest(_ listener: OpaquePointer?) {
            evconnlistener_set_error_cb(listener) { listener, _ in
                var pause = timeval(tv_sec: 0, tv_usec: 100_000)
                evconnlistener_disable(listener)
                event_base_once(
                    evconnlistener_get_base(listener), -1, Int16(EV_TIMEOUT),
                    { _, _, listener in evconnlistener_enable(listener.map { OpaquePointer($0) }) },
                    listener.map { UnsafeMutableRawPointer($0) }, &pause)
            }
        }

        private func take(_ request: OpaquePointer) {
            arrivals.yield(Exchange(request, Request(request, port: port), loop: loop))
        }

        /// From any thread. The loop ends, and with it every exchange.
        func close() {
            loop.perform { [self] in
                if let server { evhttp_free(server) }
                server = nil
                loop.stop()
            }
        }
    }
}
