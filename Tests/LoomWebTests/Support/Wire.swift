import Dispatch
import Glibc

/// A client that sends exactly what it is told, which no polite HTTP library does: foreign `Host` headers, half a request.
struct Wire: Sendable {
    struct Failure: Error {}

    struct Reply: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: String

        func header(_ name: String) -> String? { self.headers.first { $0.name == name }?.value }
    }

    let port: Int

    /// One request on a connection of its own. Headers that are not given are `Host` and nothing else.
    func request(_ method: String, _ target: String, _ headers: [String: String] = [:], body: String = "") async throws -> Reply {
        try Self.parse(try await self.exchange(self.head(method, target, headers, body: body) + body))
    }

    /// Reads an answer that does not end, in the pieces it comes in. Ends when the server does, or when the consumer stops.
    func stream(_ target: String, _ headers: [String: String]) throws -> AsyncStream<String> {
        let descriptor = try self.connect(self.head("GET", target, headers, body: ""))
        return AsyncStream { continuation in
            continuation.onTermination = { _ in shutdown(descriptor, Int32(SHUT_RDWR)) }
            Self.drain(descriptor, into: continuation)
        }
    }

    /// Reads on a thread of its own: a blocked one of the cooperative pool would hold up the server under test.
    static func drain(_ descriptor: Int32, into continuation: AsyncStream<String>.Continuation) {
        DispatchQueue(label: "wire").async {
            while let piece = Self.read(descriptor) { continuation.yield(String(decoding: piece, as: UTF8.self)) }
            continuation.finish()
            close(descriptor)
        }
    }

    /// An open connection on which this request was sent and nothing is read.
    ///
    /// - Parameter receiveBuffer: bytes that the system takes in for us; nil for as many as it likes.
    func connect(_ request: String, receiveBuffer: Int32? = nil) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(self.port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure() }
        try Self.send(request, to: descriptor)
        return descriptor
    }

    static func send(_ text: String, to descriptor: Int32) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure() }
            rest = rest.dropFirst(count)
        }
    }

    func head(_ method: String, _ target: String, _ headers: [String: String], body: String) -> String {
        var headers = headers
        if headers["Host"] == nil { headers["Host"] = "127.0.0.1:\(self.port)" }
        if !body.isEmpty, headers["Content-Length"] == nil { headers["Content-Length"] = "\(body.utf8.count)" }
        let lines = headers.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
        return "\(method) \(target) HTTP/1.1\r\n\(lines)\r\n"
    }

    private func exchange(_ request: String) async throws -> [UInt8] {
        let closing = request.replacing("\r\n", with: "\r\nConnection: close\r\n", maxReplacements: 1)
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "wire").async {
                do {
                    let descriptor = try self.connect(closing)
                    var answer: [UInt8] = []
                    while let piece = Self.read(descriptor) { answer += piece }
                    close(descriptor)
                    continuation.resume(returning: answer)
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// All that comes until this text or the end, read on a thread of its own.
    @discardableResult
    static func read(_ descriptor: Int32, until text: String? = nil) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wire").async {
                var came: [UInt8] = []
                while text.map({ !String(decoding: came, as: UTF8.self).contains($0) }) ?? true, let piece = Self.read(descriptor) {
                    came += piece
                }
                continuation.resume(returning: String(decoding: came, as: UTF8.self))
            }
        }
    }

    /// Sends the text again and again until the other side takes nothing for half a second, or so many bytes are gone; on a thread of
    /// its own.
    ///
    /// - Returns: bytes that went.
    static func flood(_ descriptor: Int32, with text: String, upTo limit: Int) async -> Int {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "wire").async {
                var patience = timeval(tv_sec: 0, tv_usec: 500_000)
                setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
                let bytes = Array(text.utf8)
                var sent = 0
                while sent < limit {
                    let start = sent % bytes.count
                    let count = bytes[start...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    guard count > 0 else { break }
                    sent += count
                }
                continuation.resume(returning: sent)
            }
        }
    }

    /// Nil at the end.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func parse(_ bytes: [UInt8]) throws -> Reply {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { throw Failure() }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw Failure() }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: parts[0].lowercased(), value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return Reply(status: status, headers: headers, body: String(text[end.upperBound...]))
    }
}

extension String {
    fileprivate func range(of needle: String) -> Range<String.Index>? { self.ranges(of: needle).first }
}
