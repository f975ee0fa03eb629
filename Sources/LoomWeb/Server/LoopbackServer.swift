import Glibc
import Hummingbird
import Logging
import LoomSystem
import NIOCore

/// Hummingbird on 127.0.0.1, without a word of its own.
struct LoopbackServer<Responder: HTTPResponder>: Sendable where Responder.Context == LoopbackContext {
    let responder: Responder

    /// What serves until its task is cancelled, and then ends at once, in the middle of an answer or not; or until it is shut down
    /// gracefully, and then answers first what is asked already.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - onReady: called once, with the port that is listened on, before the first request is answered.
    func application(port: Int, onReady: @escaping @Sendable (_ port: Int) -> Void) -> Application<Responder> {
        Application(
            responder: self.responder,
            server: .http1(configuration: .init(idleTimeout: Self.patience)),
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
            logger: Self.logger)
    }

    /// How long a connection may be silent between two requests.
    private static var patience: TimeAmount { .seconds(50) }

    /// The server's own messages ("started and listening") would disturb the line being typed.
    private static var logger: Logger {
        var logger = Logger(label: "loomkin.page")
        logger.logLevel = .critical
        return logger
    }
}

/// Why nobody is served.
package struct ServingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    package let isAddressInUse: Bool

    init(port: Int, _ error: any Error) {
        let code = (error as? IOError)?.errnoCode
        self.description = "port \(port) of 127.0.0.1 cannot be listened on: \(code.map { systemErrorText($0) } ?? "\(error)")"
        self.isAddressInUse = code == EADDRINUSE
    }
}
