package import LoomKernel

/// Plays one prompt and prints the agents' lines as they come, for a demonstration.
package struct Transcript: Sendable {
    private let workspace: Workspace
    private let out: OutputPort
    private let traits: TerminalTraits

    /// The workspace stays the caller's, and open.
    package init(workspace: Workspace, output: Int32 = 1) {
        self.workspace = workspace
        self.out = OutputPort(descriptor: output)
        self.traits = .detect(input: output, output: output)
    }

    /// Returns when the team is at rest.
    package func play(_ prompt: String) async -> SessionFinished {
        let lead = await self.workspace.snapshot().agents.first?.name ?? "lead"
        let signals = self.workspace.bus.subscribe(name: "transcript", delivery: .mustDeliver, capacity: 8192)
        let printing = Task { await self.print(signals, lead: lead) }
        _ = try? await self.workspace.send(prompt, to: nil, by: "demo")
        let finished = await self.workspace.waitUntilQuiet()
        signals.cancel()
        await printing.value
        return finished
    }

    private func print(_ signals: Subscription, lead: String) async {
        // Whole lines, not streamed pieces: this is read as a log as often as on a screen.
        var renderer = LineRenderer(
            layout: LineLayout(width: self.traits.width, colour: self.traits.colour, marks: .of(self.traits)), streams: false, lead: lead,
            me: "user/demo")
        while let batch = await signals.next() {
            let lines = batch.flatMap { renderer.lines(for: $0) }
            if !lines.isEmpty { await self.out.write(lines.joined(separator: "\n") + "\n") }
        }
    }
}
