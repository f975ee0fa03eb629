// Sources of Dispatch may be used from any thread; the module does not say so yet.
@preconcurrency import Dispatch
import Glibc

/// Hears signals of the operating system until it is let go.
package final class ProcessSignals: Sendable {
    private let sources: [any DispatchSourceSignal]

    /// `handler` runs on a queue of Dispatch with the signal's number.
    package init(_ numbers: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
        self.sources = numbers.filter { !Self.isIgnoredHangUp($0) }.map { number in
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { handler(number) }
            source.resume()
            return source
        }
    }

    /// Started by `nohup`: then a hang-up is not for us.
    private static func isIgnoredHangUp(_ number: Int32) -> Bool {
        var action = sigaction()
        guard number == SIGHUP, sigaction(SIGHUP, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    deinit {
        for source in self.sources { source.cancel() }
    }
}
