import Glibc
import LoomSystem
import NIOCore

/// Why nobody is served at a port.
package struct ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let isAddressInUse: Bool

    init(port: Int, _ error: any Error) {
        let code = (error as? IOError)?.errnoCode
        self.description = "port \(port) of 127.0.0.1 cannot be listened on: \(code.map { systemErrorText($0) } ?? "\(error)")"
        self.isAddressInUse = code == EADDRINUSE
    }
}
