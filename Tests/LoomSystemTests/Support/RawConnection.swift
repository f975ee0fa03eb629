import Dispatch
import Glibc

/// A client that sends exactly what it is told, which no polite HTTP library does.
struct RawConnection: Sendable {
    struct Failure: Error {}

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure() }
    }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure() }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends the text again and again until the other side takes nothing for a while, or so many bytes are gone. Gives how many went.
    func flood(_ text: String, upTo limit: Int) -> Int {
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
        return sent
    }

    func closeOwnSide() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// All that comes until this text or the end, read on a thread of its own.
    func read(until text: String? = nil) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "raw").async {
                var came: [UInt8] = []
                var piece = [UInt8](repeating: 0, count: 65_536)
                while text.map({ !String(decoding: came, as: UTF8.self).contains($0) }) ?? true {
                    let count = recv(descriptor, &piece, piece.count, 0)
                    guard count > 0 else { break }
                    came += piece.prefix(count)
                }
                continuation.resume(returning: String(decoding: came, as: UTF8.self))
            }
        }
    }

    func close() { Glibc.close(descriptor) }
}
