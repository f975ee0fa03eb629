import Glibc
import LoomSystem
import NIOCore

/// Why nobody is served at a port.
package struct ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let isAddressInUse: Bool

    init(port: Int, _ error: any Error) {
        let code = (error as? IOError)?.errnoCode
        self.isAddressInUse = code == EADDRINUSE
        self.description =
            code.map { "port \(port) of 127.0.0.1 cannot be listened on: \(systemErrorText($0))" }
            ?? "serving at port \(port) of 127.0.0.1 ended: \(error)"
    }
}
