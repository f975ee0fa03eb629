import Hummingbird
import Logging
import NIOCore

extension Application where Responder.Context == LoopbackContext {
    /// Hummingbird on 127.0.0.1, without a word of its own.
    ///
    /// `run` serves until its task is cancelled, and then ends at once, in the middle of an answer or not; or until it is shut down
    /// gracefully, and then answers first what is asked already.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - patience: how long somebody may take nothing of an answer.
    ///   - onReady: called once, with the port that is listened on, before the first request is answered.
    init(
        loopback port: Int, responder: Responder, patience: Duration = .seconds(60), onReady: @escaping @Sendable (_ port: Int) -> Void
    ) {
        var logger = Logger(label: "loomkin.page")
        // Its own messages ("started and listening") would disturb the line being typed.
        logger.logLevel = .critical
        self.init(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionPatience(TimeAmount(patience))],
                    // As long as it may be silent before a request has come whole.
                    idleTimeout: .seconds(50))),
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
            logger: logger)
    }
}
