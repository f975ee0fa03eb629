import Glibc
import LoomSystem
import Synchronization

/// A server on 127.0.0.1 that plays bytes: one script for each connection, in order, each on a thread of its own.
///
/// It waits for nothing but its client, so that a test decides by what it sends and reads how long anything takes.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        /// Reads until the end of a request's head, and its body by Content-Length.
        case readRequest
        case send([UInt8])
        /// Sends so many bytes in pieces, counting in `sent` what the client's side has taken.
        case sendMany(Int)
        /// Waits until the client has closed its side.
        case waitForClose
        /// Closes at once with a reset instead of an orderly end.
        case reset
    }

    let port: UInt16
    /// What was read, by connection, once its `readRequest` is through.
    let requests: AsyncStream<String>
    /// Told when a client has closed its side.
    let closes: AsyncStream<Void>
    private let listener: Int32
    private let requestContinuation: AsyncStream<String>.Continuation
    private let closeContinuation: AsyncStream<Void>.Continuation
    private let sentBytes = Mutex(0)

    var sent: Int { sentBytes.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)/" }

    init(_ scripts: [Step]...) throws {
        (requests, requestContinuation) = AsyncStream.makeStream()
        (closes, closeContinuation) = AsyncStream.makeStream()
        let (listener, port) = try Self.listen()
        self.listener = listener
        self.port = port
        thread { [self] in
            // Errors end the connection; the test sees it from the client's side.
            for script in scripts {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                thread { [self] in play(script, connection) }
            }
            close(listener)
        }
    }

    /// A port on which nobody listens: taken and given back just now.
    static func refusedPort() throws -> UInt16 {
        let (listener, port) = try listen()
        close(listener)
        return port
    }

    private static func listen() throws -> (listener: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && Glibc.listen(listener, 16) == 0 && getsockname(listener, address, &length) == 0
            }
        }
        guard listener >= 0, code else { throw FileError(.other(code: errno, text: "no test server"), path: "127.0.0.1") }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private func play(_ script: [Step], _ connection: Int32) {
        defer { close(connection) }
        for step in script {
            switch step {
            case .readRequest:
                guard let request = readRequest(connection) else { return }
                requestContinuation.yield(request)
            case .send(let bytes): guard sendAll(bytes, connection) else { return }
            case .sendMany(let count):
                let piece = [UInt8](repeating: 0x2E, count: 1 << 14)
                var left = count
                while left > 0 {
                    guard sendAll(Array(piece.prefix(left)), connection) else { return }
                    left -= min(left, piece.count)
                }
            case .waitForClose:
                var buffer = [UInt8](repeating: 0, count: 1_024)
                while recv(connection, &buffer, buffer.count, 0) > 0 {}
                closeContinuation.yield()
            case .reset:
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
                return
            }
        }
    }

    private func readRequest(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let blank = text.utf8.indices.first(where: { text.utf8[$0...].starts(with: "\r\n\r\n".utf8) }) else { continue }
            let head = text[..<blank].lowercased()
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
            if bytes.count >= head.utf8.count + 4 + length { return text }
        }
    }

    private func sendAll(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress?.advanced(by: offset), $0.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            offset += count
            sentBytes.withLock { $0 += count }
        }
        return true
    }
}

private func thread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, box)
    pthread_detach(thread)
}
