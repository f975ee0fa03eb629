internal import CCurl  // its headers name the kinds of sockets too, and the compiler may take them from there
import Glibc
import Synchronization

/// Listens on 127.0.0.1 for the few requests of one browser. For more than that there is a server.
package final class LoopbackListener: Sendable {
    package struct Request: Sendable, Hashable {
        package let method: String
        package let path: String
        /// The query's fields, decoded.
        package let query: [String: String]
        /// What the `Host` header says; empty without one.
        package let host: String
    }

    package struct Answer: Sendable {
        package let status: Int
        /// A page.
        package let html: String

        package init(status: Int, html: String) {
            self.status = status
            self.html = html
        }
    }

    /// Why nobody can be listened to.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    private let descriptor: Int32
    private let isOver = Atomic(false)
    private let open = Atomic(0)

    /// A browser keeps a few connections open beside the one it uses.
    private static let most = 16
    private static let headLimit = 16 << 10

    /// - Parameter port: 0 for any that is free.
    package init(port: Int) throws(Failure) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "there is no socket to listen on: \(systemErrorText(errno))") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(clamping: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let text = systemErrorText(errno)
            Glibc.close(descriptor)
            throw Failure(description: "port \(port) of 127.0.0.1 cannot be listened on: \(text)")
        }
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { Glibc.close(descriptor) }

    /// Hands each request to the closure, on a thread of its own, until `stop`.
    package func listen(_ answer: @escaping @Sendable (Request) -> Answer) throws(Failure) {
        let isStarted = DedicatedThread.start { [self] in
            while !isOver.load(ordering: .acquiring) {
                guard Self.isReadable(descriptor, milliseconds: 50) else { continue }
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { continue }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                guard open.add(1, ordering: .acquiringAndReleasing).newValue <= Self.most,
                    DedicatedThread.start({ [self] in serve(connection, answer) })
                else {
                    Glibc.close(connection)
                    open.subtract(1, ordering: .acquiringAndReleasing)
                    continue
                }
            }
        }
        if !isStarted { throw Failure(description: "the system has no thread to listen with") }
    }

    /// Nobody is let in any more. What is being answered gets its answer.
    package func stop() { isOver.store(true, ordering: .releasing) }

    /// Returns when everybody who was let in has been answered, or after a second.
    package func drain(_ clock: some WallClock) async {
        for _ in 0..<50 where open.load(ordering: .acquiring) > 0 { try? await clock.sleep(for: .milliseconds(20)) }
    }

    private func serve(_ connection: Int32, _ answer: @Sendable (Request) -> Answer) {
        defer {
            Glibc.close(connection)
            open.subtract(1, ordering: .acquiringAndReleasing)
        }
        guard let head = readHead(connection), let request = Request(head: head) else { return }
        let made = answer(request)
        let body = Array(made.html.utf8)
        let headers = [
            "HTTP/1.1 \(made.status) \(made.status == 200 ? "OK" : "Refused")", "content-type: text/html; charset=utf-8",
            "content-length: \(body.count)", "connection: close", "cache-control: no-store", "referrer-policy: no-referrer",
            "content-security-policy: default-src 'none'", "x-content-type-options: nosniff",
        ]
        var rest = (Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    /// What comes before the empty line; nil when that takes more than five seconds, or is long.
    private func readHead(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<100 where !isOver.load(ordering: .acquiring) {
            guard Self.isReadable(connection, milliseconds: 50) else { continue }
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            bytes += piece.prefix(count)
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") { return String(text[..<end.lowerBound]) }
            guard bytes.count <= Self.headLimit else { return nil }
        }
        return nil
    }

    private static func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var asked = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&asked, 1, milliseconds) > 0
    }
}

extension LoopbackListener.Request {
    /// Nil for what is no request.
    init?(head: String) {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else { return nil }
        method = String(words[0])
        path = String(words[1].prefix { $0 != "?" })
        query = PercentEncoding.fields(of: words[1].dropFirst(path.count + 1))
        let hosts = lines.dropFirst().filter { $0.lowercased().hasPrefix("host:") }
        host = hosts.count == 1 ? hosts[0].dropFirst(5).filter { $0 != " " } : ""
    }
}
