import NIOCore

/// Closes a connection whose other end takes nothing of an answer for a while, and one that is to end, whatever it still waits for.
///
/// Hummingbird's own timeout counts between two requests only, and when it is cancelled it closes the input and waits for who does
/// not read.
final class ConnectionPatience: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = NIOAny

    private let limit: TimeAmount
    /// Pieces that are not written yet.
    private var waiting = 0
    /// When a piece was written last, or the first that waits was handed over.
    private var progress = NIODeadline.now()
    private var alarm: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if self.waiting == 0 { self.progress = .now() }
        self.waiting += 1
        if self.alarm == nil { self.watch(context) }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.waiting -= 1
            self.progress = .now()
        }
        context.write(data, promise: written)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        context.close(mode: mode == .input ? .all : mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.alarm?.cancel()
        self.alarm = nil
    }

    private func watch(_ context: ChannelHandlerContext) {
        self.alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: self.progress + self.limit) {
            self.alarm = nil
            guard self.waiting > 0 else { return }
            if .now() < self.progress + self.limit { self.watch(context) } else { context.close(promise: nil) }
        }
    }
}
