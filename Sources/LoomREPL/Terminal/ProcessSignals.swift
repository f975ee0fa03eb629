// Sources of Dispatch may be used from any thread; the module does not say so yet.
@preconcurrency import Dispatch
import Glibc

/// Hears signals of the operating system until it is let go.
package final class ProcessSignals: Sendable {
    private let sources: [any DispatchSourceSignal]

    /// `handler` runs on a queue of Dispatch with the signal's number.
    package init(_ numbers: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
        self.sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { handler(number) }
            source.resume()
            return source
        }
    }

    deinit {
        for source in self.sources { source.cancel() }
    }
}
