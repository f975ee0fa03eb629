package import LoomKernel
import LoomSystem
import Glibc

/// One prompt without a person: the same engine, its result on standard output, its end in the exit code.
package struct HeadlessRun: Sendable {
    package enum Output: String, Sendable, Hashable, CaseIterable {
        /// The result's text; what agents do goes to standard error when that is a terminal.
        case text
        /// One object at the end.
        case json
        /// Every signal as one line; the last is `session.finished`.
        case streamJSON = "stream-json"
    }

    let workspace: Workspace
    let output: Output
    let prompt: String
    private let timeout: Duration?
    private let out: OutputPort
    private let err: OutputPort
    private let traits: TerminalTraits

    /// The workspace stays the caller's until `run`, which closes it.
    /// - Parameter timeout: when everything is stopped, with the outcome `limit`; nil for never.
    package init(
        workspace: Workspace, output: Output, prompt: String, timeout: Duration? = nil, stdout: Int32 = 1, stderr: Int32 = 2
    ) {
        self.workspace = workspace
        self.output = output
        self.prompt = prompt
        self.timeout = timeout
        self.out = OutputPort(descriptor: stdout)
        self.err = OutputPort(descriptor: stderr)
        self.traits = .detect(input: stderr, output: stderr)
    }

    /// Sends the prompt, waits until all is quiet, closes the workspace and says how it ended.
    package func run() async -> Int32 {
        let workspace = self.workspace
        let lead = await workspace.snapshot().agents.first?.name ?? "lead"
        // Nothing may be missing from a stream that programs read: a slow reader slows the work.
        let signals = workspace.bus.subscribe(
            name: "run", delivery: self.output == .streamJSON ? .mustDeliver : .lossy, capacity: 8192)
        let report = Task { await self.report(signals, lead: lead) }
        let work = Task { await self.work() }
        let (interruption, deadline) = (Interruption(), Interruption())
        let clock = workspace.services.ports.clock
        let end: @Sendable (String) async -> Void = { by in
            await workspace.halt(by: by)
            // The turns end by themselves; services may react to that for a moment.
            try? await clock.sleep(for: Self.patience)
            work.cancel()
        }
        let watch = ProcessSignals([SIGINT, SIGTERM, SIGHUP]) { _ in
            interruption.note()
            Task { await end("user/run") }
        }
        let alarm = timeout.map { timeout in
            Task {
                guard (try? await clock.sleep(for: timeout)) != nil else { return }
                deadline.note()
                await end("the time limit")
            }
        }
        var errors = await work.value
        alarm?.cancel()
        withExtendedLifetime(watch) {}
        var outcome: Outcome?
        if deadline.isNoted { outcome = .limit }
        if !errors.isEmpty { outcome = .failed }
        if interruption.isNoted { outcome = .cancelled }
        if deadline.isNoted, let timeout {
            errors.append("The time limit of \(Figures.time(milliseconds: Int(timeout.wholeMilliseconds))) was reached.")
        }
        let finished = await workspace.close(outcome)
        signals.cancel()
        let reported = await report.value
        errors += reported.errors
        await self.conclude(finished, errors)
        return ExitCode(finished.outcome, modelFailed: reported.modelFailed).rawValue
    }

    /// Tells in the format that was asked for why nothing could begin. There was no session, so its id is empty and nothing is kept.
    package static func fail(_ reasons: [String], output: Output, bus: SignalBus, stdout: Int32 = 1, stderr: Int32 = 2) async {
        let (out, err) = (OutputPort(descriptor: stdout), OutputPort(descriptor: stderr))
        let finished = SessionFinished(session: "", outcome: .failed, result: "", usage: Usage(), costUSD: 0)
        switch output {
        case .text, .json:
            for reason in reasons { await err.write("\(reason)\n".printable) }
            if output == .json { await out.write(Self.object(finished, reasons)) }
        case .streamJSON:
            let signals = bus.subscribe(name: "run", delivery: .mustDeliver)
            for reason in reasons { bus.publish(Notice(level: "error", text: reason), source: "kernel") }
            bus.publish(finished, source: "kernel")
            signals.cancel()
            while let batch = await signals.next() {
                for signal in batch { await out.write(Self.line(signal)) }
            }
        }
    }

    /// How long services may take to react to the end of a run that was halted.
    private static let patience: Duration = .seconds(5)

    /// Sends the prompt and waits until all is quiet, or until cancelled. Gives back why it could not be sent.
    private func work() async -> [String] {
        do {
            try await self.workspace.send(self.prompt, to: nil, by: "run")
        } catch {
            return [error.description]
        }
        _ = await self.workspace.waitUntilQuiet()
        return []
    }

    private struct End: Sendable {
        var errors: [String] = []
        var modelFailed = false
    }

    private func report(_ subscription: Subscription, lead: String) async -> End {
        var end = End()
        var renderer = LineRenderer(
            layout: LineLayout(width: self.traits.width, colour: self.traits.colour, marks: .of(self.traits)),
            streams: self.traits.isInteractive, lead: lead, me: "user/run")
        // What happened while the workspace opened: who was not heard, what is not kept.
        let earlier = self.workspace.bus.recent(after: 0)
        let seen = earlier.last?.sequence ?? 0
        var batch: [Signal]? = earlier
        while let signals = batch {
            for signal in signals {
                let lines = renderer.lines(for: signal)
                if let reason = Self.reason(signal, lead: lead) { end.errors.append(reason) }
                switch self.output {
                case .streamJSON: await self.out.write(Self.line(signal))
                case .text where self.traits.isInteractive:
                    if !lines.isEmpty { await self.err.write(lines.joined(separator: "\n") + "\n") }
                case .text, .json: if let warning = Self.warning(signal) { await self.err.write("loomkin: \(warning)\n".printable) }
                }
            }
            batch = await self.next(of: subscription, after: seen)
        }
        end.modelFailed = renderer.leadModelFailed
        return end
    }

    private func next(of signals: Subscription, after seen: Int64) async -> [Signal]? {
        await signals.next()?.filter { $0.sequence == 0 || $0.sequence > seen }
    }

    /// Why the run may end otherwise than done.
    private static func reason(_ signal: Signal, lead: String) -> String? {
        if let failed = signal.payload(ModelFailed.self) {
            return [failed.reason, failed.hint ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        }
        if let decided = signal.payload(PermissionDecided.self), decided.verdict == .deny, decided.by.hasPrefix("nobody") {
            return "\(decided.tool) wanted to \(decided.access), and nobody could be asked. "
                + "Allow it with --permissions or a rule (\(decided.rule), \(decided.origin))."
        }
        if let finished = signal.payload(AgentFinished.self), finished.agent == lead, finished.outcome == .limit { return finished.text }
        return nil
    }

    /// What a person should know who reads no lines of what happens.
    private static func warning(_ signal: Signal) -> String? {
        if let notice = signal.payload(Notice.self), notice.level != "info" { return notice.text }
        guard let plugin = signal.payload(PluginReported.self), let error = plugin.error else { return nil }
        return "\(plugin.plugin) \(plugin.status): \(error)"
    }

    private func conclude(_ finished: SessionFinished, _ errors: [String]) async {
        switch self.output {
        case .text:
            let result = finished.result.isEmpty || finished.result.hasSuffix("\n") ? finished.result : finished.result + "\n"
            let isTerminal = isatty(self.out.descriptor) == 1
            // A person who read the lead's lines has read it. A program gets what the model said, byte for byte; a terminal would obey it.
            if !result.isEmpty, !(isTerminal && self.traits.isInteractive) { await self.out.write(isTerminal ? result.printable : result) }
            // On a terminal the reason was a line already, but for what to do about a refusal.
            if finished.outcome != .done, !self.traits.isInteractive || finished.outcome == .refused {
                let reason = errors.last.map { ": \($0)" } ?? ""
                await self.err.write("loomkin: the run ended as «\(finished.outcome.words)»\(reason)\n".printable)
            }
        case .json:
            await self.out.write(Self.object(finished, errors))
        case .streamJSON: break
        }
    }

    private static func object(_ finished: SessionFinished, _ errors: [String]) -> String {
        var object = (try? JSON(encoding: finished)) ?? [:]
        object["errors"] = .array(errors.map(JSON.string))
        return object.text() + "\n"
    }

    private static func line(_ signal: Signal) -> String { ((try? JSON(encoding: signal))?.text() ?? "{}") + "\n" }
}
