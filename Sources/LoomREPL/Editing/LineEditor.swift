import CEdit
import Glibc
import LoomSystem

/// The line a person types in a terminal, edited by libedit on a thread of its own, while output scrolls above it.
package final class LineEditor: LinePort {
    package struct Configuration: Sendable {
        package var prompt: String
        /// Stands before a line that continues the one above.
        package var continuation: String
        /// Terminal type, as in `TERM`.
        package var term: String
        package var history: HistoryFile?
        /// Given what stands before the cursor, and whom to tell, at once or later. Called on the editing thread: must not wait.
        package var complete: @Sendable (_ before: String, _ tell: @escaping @Sendable (Completion) -> Void) -> Void

        package init(
            prompt: String, continuation: String, term: String, history: HistoryFile? = nil,
            complete: @escaping @Sendable (String, @escaping @Sendable (Completion) -> Void) -> Void = { _, _ in }
        ) {
            self.prompt = prompt
            self.continuation = continuation
            self.term = term
            self.history = history
            self.complete = complete
        }
    }

    package let events: AsyncStream<LineEvent>
    private let mailbox: EditorMailbox
    private let output: OutputPort
    private let signals: ProcessSignals

    /// Begins at once. Nil when the system has no thread or descriptor left, or libedit refuses the terminal.
    /// The descriptors stay the caller's and must live until `close` returned.
    package init?(input: Int32, output: Int32, configuration: Configuration) {
        _ = TextLocale.isUTF8
        guard let pipe = WakePipe() else { return nil }
        let mailbox = EditorMailbox(pipe: pipe)
        let (events, feed) = AsyncStream.makeStream(of: LineEvent.self)
        self.events = events
        self.mailbox = mailbox
        self.output = OutputPort(descriptor: output)
        self.signals = ProcessSignals([SIGWINCH, SIGCONT]) { number in
            mailbox.wish { wishes in
                if number == SIGWINCH { wishes.isResized = true } else { wishes.isContinued = true }
            }
        }
        let isStarted = DedicatedThread.start {
            let session = EditSession(
                input: input, output: output, configuration: configuration, mailbox: mailbox, emit: { feed.yield($0) })
            session.run()
            _ = writeAll(mailbox.finish(), to: output)
            feed.yield(.end)
            feed.finish()
        }
        guard isStarted else { return nil }
    }

    /// Once the editing ended there is no typed line to spare, and the text is simply written.
    package func print(_ text: String) async {
        if await !self.mailbox.print(text) { await self.output.write(text) }
    }

    package func close() async {
        self.mailbox.wish { $0.isClosing = true }
        await self.mailbox.waitUntilFinished()
    }
}
