package import LoomSystem

/// A process that a plugin started: its output is text, without the secrets of this machine.
package final class HostProcess: Sendable {
    /// As rules and people see it.
    package let line: String
    private let process: any RunningProcess
    private let secrets: SecretFilter

    init(_ process: any RunningProcess, line: String, secrets: SecretFilter) {
        self.process = process
        self.line = line
        self.secrets = secrets
    }

    package var identifier: Int32 { self.process.identity.pid }

    /// Hands out what it writes until its output ends; one that is not listened to has to wait.
    package func read(_ take: @Sendable (String) async -> Void) async {
        var redaction = StreamRedaction(self.secrets.redactions)
        var text = TextPieces()
        for await bytes in self.process.output {
            let piece = text.feed(redaction.pass(bytes))
            if !piece.isEmpty { await take(piece) }
        }
        let rest = text.feed(redaction.finish()) + text.finish()
        if !rest.isEmpty { await take(rest) }
    }

    /// What it wrote to its error output until now; the middle is left out when that is long.
    package var errorOutput: String { self.secrets.redact(self.process.errorOutput.text) }

    package func write(_ text: String) async throws(ToolError) {
        do throws(ProcessError) {
            try await self.process.write(Array(text.utf8))
        } catch {
            throw ToolError(error.description, code: "input_closed")
        }
    }

    package func closeInput() { self.process.closeInput() }

    /// Asks the whole group to end, and makes it after a second.
    package func stop() { self.process.stop() }

    /// Returns when no process of its group is left; nil when the waiting task is cancelled.
    package func wait() async -> ProcessTermination? { await self.process.waitForExit() }
}
