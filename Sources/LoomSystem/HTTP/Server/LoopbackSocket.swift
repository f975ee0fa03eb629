internal import CCurl  // its headers name the kinds of sockets too, and the compiler may take them from there
import Glibc

/// A socket that listens on 127.0.0.1. Whoever takes its descriptor closes it.
struct LoopbackSocket: Sendable {
    let descriptor: Int32
    let port: Int

    /// - Parameter port: 0 for any that is free.
    init(port: Int) throws(ListenError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw ListenError(port: port, code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
        // Connections inherit it. Without it a small event of a stream waits for the browser to acknowledge the last one.
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(clamping: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 128) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            Glibc.close(descriptor)
            throw ListenError(port: port, code: code)
        }
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }
}

/// Why nobody can be listened to.
package struct ListenError: Error, Hashable, Sendable, CustomStringConvertible {
    package let port: Int
    /// What the system said, an `errno`.
    package let code: Int32

    package var isAddressInUse: Bool { code == EADDRINUSE }

    package var description: String { "port \(port) of 127.0.0.1 cannot be listened on: \(systemErrorText(code))" }
}
