import LoomKernel
import LoomSystem

extension REPL {
    /// Bytes of a line that are held until its end comes.
    private static var longestHeld: Int { 1 << 16 }

    /// Runs a command of the person's own: no rule is asked, its output is shown, Ctrl-C ends it.
    func runShell(_ command: String) async {
        let processes = self.workspace.services.ports.processes
        var spec = ProcessSpec(.shell(command), workingDirectory: self.workspace.directory, errorOutput: .merged)
        // The terminal is the typed line's.
        spec.takesInput = false
        await self.begin { [spec] repl in
            let end: String?
            do throws(ProcessError) {
                let process = try await processes.start(spec)
                let termination = await withTaskCancellationHandler {
                    // What is not printed yet makes the command wait, so that none of it is lost on a slow terminal.
                    await repl.printOutput(process.output)
                    // In a task of its own: also a command that was stopped is gone before the next one begins.
                    return await Task { await process.waitForExit() }.value
                } onCancel: {
                    process.stop()
                }
                end = termination == .exited(0) ? nil : termination.map { "\($0)" }
            } catch {
                end = "\(error)"
            }
            if Task.isCancelled {
                await repl.say("\(repl.renderer.marks.failure) stopped")
            } else if let end {
                await repl.say("\(repl.renderer.marks.failure) \(end)")
            }
        }
    }

    /// Whole lines as they come; what a command writes may not move the cursor either.
    private func printOutput(_ output: ByteStream<Never>) async {
        // Without a line end, so that none has to be looked for in it again.
        var held: [UInt8] = []
        for await bytes in output {
            if let end = bytes.lastIndex(of: 0x0A) {
                await self.printBlock(held + bytes[...end])
                held = Array(bytes[(end + 1)...])
            } else {
                held += bytes
            }
            if held.count > Self.longestHeld {
                // In front of the last character, of which there may be more to come.
                let cut = held.suffix(4).lastIndex { $0 & 0xC0 != 0x80 } ?? held.endIndex
                await self.printBlock(Array(held[..<cut]))
                held.removeFirst(cut)
            }
        }
        if !held.isEmpty { await self.printBlock(held) }
    }

    private func printBlock(_ bytes: [UInt8]) async {
        let text = String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
        self.renderer.interrupted()
        await self.print(self.renderer.layout.block(text, indent: 2))
    }
}
