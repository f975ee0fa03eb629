import LoomKernel
import LoomSystem

extension REPL {
    /// Runs a command of the person's own: no rule is asked, its output is shown, Ctrl-C ends it.
    func runShell(_ command: String) async {
        let (processes, directory) = (self.workspace.services.ports.processes, self.workspace.directory)
        let (output, feed) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(4096))
        await self.begin { repl in
            let printing = Task { await repl.printOutput(output) }
            let spec = ProcessSpec(.shell(command), workingDirectory: directory, errorOutput: .merged)
            let end: String
            do {
                let result = try await processes.run(spec, onOutput: { feed.yield($0.bytes) })
                end = result.succeeded ? "" : "\(repl.renderer.marks.failure) \(result.stop == nil ? "\(result.termination)" : "stopped")"
            } catch {
                end = "\(repl.renderer.marks.failure) \(error)"
            }
            feed.finish()
            await printing.value
            if !end.isEmpty { await repl.say(end) }
        }
        if !self.traits.isInteractive { await self.work?.task.value }
    }

    /// Whole lines as they come; what a command writes may not move the cursor either.
    private func printOutput(_ output: AsyncStream<[UInt8]>) async {
        var held: [UInt8] = []
        for await bytes in output {
            held += bytes
            guard let end = held.lastIndex(of: 0x0A) else { continue }
            await self.printBlock(held[...end])
            held.removeFirst(end + 1)
        }
        if !held.isEmpty { await self.printBlock(held[...]) }
    }

    private func printBlock(_ bytes: ArraySlice<UInt8>) async {
        let text = String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes, as: UTF8.self)
        self.renderer.interrupted()
        await self.print(self.renderer.layout.block(text, indent: 2))
    }
}
