package import LoomKernel
import LoomSystem
import Glibc

/// The terminal front end: reads lines, sends commands to the workspace, and prints what its bus tells.
package actor REPL {
    let workspace: Workspace
    let options: REPLOptions
    let port: any LinePort
    let words: CompletionWords
    let traits: TerminalTraits

    var page: String?
    var renderer: LineRenderer
    var desk = QuestionDesk()
    /// The last failure of each plugin that had one since the program began, by its name, with its traceback.
    var failures: [String: String] = [:]
    /// What the person runs at the moment.
    var work: OwnWork?
    private var interrupts = InterruptCounter()
    var life = SignsOfLife()
    /// How many signals were lost so far because the terminal was slower than the work.
    private var lost = 0
    private var shown: Int64 = 0
    /// The last signal of before the first was listened to.
    private var opened: Int64 = 0
    private var readers: [(sequence: Int64, done: CheckedContinuation<Void, Never>)] = []
    private var isDeaf = false
    var hasSent = false
    private var leaving: ExitCode?
    /// The input ended before somebody could give a permission.
    private var isUnanswered = false

    private init(
        workspace: Workspace, options: REPLOptions, traits: TerminalTraits, port: any LinePort, words: CompletionWords, lead: String
    ) {
        self.workspace = workspace
        self.options = options
        self.traits = traits
        self.port = port
        self.words = words
        let layout = LineLayout(width: traits.width, colour: traits.colour, marks: .of(traits))
        self.renderer = LineRenderer(layout: layout, streams: traits.isInteractive, lead: lead, me: options.source)
    }

    /// Takes hold of the terminal, or of the pipes in its place. The descriptors stay the caller's.
    package static func open(_ workspace: Workspace, _ options: REPLOptions) async throws(CommandError) -> REPL {
        let traits = options.traits ?? .detect(input: options.input, output: options.output)
        let words = CompletionWords(
            directory: workspace.directory, files: workspace.services.ports.files,
            commands: { workspace.catalog.commands.map(\.name) }, arguments: { await workspace.complete(command: $0, $1) },
            models: { await workspace.modelNames(beginning: $0) })
        guard let port = Self.port(options, traits, words) else {
            throw CommandError(
                "The terminal cannot be read: the system has no thread or file descriptor left. Close something and try again.")
        }
        let agents = await workspace.snapshot().agents
        let lead = agents.first { $0.role == "lead" } ?? agents.first
        return REPL(workspace: workspace, options: options, traits: traits, port: port, words: words, lead: lead?.name ?? "lead")
    }

    private static func port(_ options: REPLOptions, _ traits: TerminalTraits, _ words: CompletionWords) -> (any LinePort)? {
        let marks = Marks.of(traits)
        guard traits.canEdit else {
            return PlainLines(
                input: options.input, output: OutputPort(descriptor: options.output), prompt: traits.isInteractive ? marks.prompt : "")
        }
        return LineEditor(
            input: options.input, output: options.output,
            configuration: .init(
                prompt: marks.prompt, continuation: marks.continuation, term: traits.term,
                history: options.historyFile.map(HistoryFile.init(path:)), complete: { words.complete($0, then: $1) }))
    }

    /// Until the person leaves or the input ends. The workspace is still open then, and the terminal as it was.
    /// - Parameters:
    ///   - first: sent to the lead before anything is typed.
    ///   - page: address of the status page, nil where none is served.
    package func run(first: String? = nil, page: String? = nil) async -> Int32 {
        self.page = page
        let signals = self.workspace.bus.subscribe(name: "repl", delivery: .lossy, capacity: 8192)
        await self.greet()
        await self.catchUpWithOpening()
        let listening = Task { await self.listen(to: signals) }
        let interrupts = ProcessSignals([SIGINT, SIGWINCH]) { number in
            Task { await number == SIGINT ? self.interrupt() : self.resize() }
        }
        // A session that goes on may ask again what it asked before: the first line of a pipe is then the answer.
        if !self.traits.isInteractive { await self.settle() }
        if let first { await self.take(first) }
        for await event in self.port.events {
            await self.handle(event)
            if self.leaving != nil { break }
        }
        if self.leaving == nil, !self.traits.isInteractive { await self.finishInput() }
        withExtendedLifetime(interrupts) {}
        self.work?.task.cancel()
        await self.work?.task.value
        self.life.cancel()
        signals.cancel()
        await listening.value
        await self.port.close()
        return await self.exitCode().rawValue
    }

    private func exitCode() async -> ExitCode {
        if let leaving { return leaving }
        guard !self.traits.isInteractive, self.hasSent else { return .done }
        if self.isUnanswered { return .unanswered }
        return ExitCode(await self.workspace.result().outcome, modelFailed: self.renderer.leadModelFailed)
    }

    func print(_ lines: [String]) async {
        guard !lines.isEmpty else { return }
        self.notePrinted()
        await self.port.print(lines.joined(separator: "\n") + "\n")
    }

    /// A sentence of the program itself.
    func say(_ text: String) async {
        self.renderer.interrupted()
        await self.print(self.renderer.layout.block(text, indent: 2))
    }

    func leave(_ code: ExitCode) { self.leaving = code }

    private func resize() {
        if self.renderer.layout.width != nil, let width = TerminalTraits.width(of: self.options.output) {
            self.renderer.layout.width = max(20, width)
        }
    }

    // MARK: What is typed

    private func handle(_ event: LineEvent) async {
        switch event {
        case .line(let line):
            if !self.traits.isInteractive { await self.takeQuestions() }
            await self.take(line)
            if !self.traits.isInteractive { await self.settle() }
        case .interrupt: await self.interrupt()
        case .end: if self.traits.isInteractive { self.leave(.done) }
        }
    }

    /// Ctrl-C: ends the shell command or the turn; soon again: leaves.
    private func interrupt() async {
        let isSecond = self.interrupts.press(at: self.workspace.services.ports.clock.uptime)
        if isSecond || !self.traits.isInteractive {
            self.leave(.interrupted)
            self.work?.task.cancel()
            await self.workspace.halt(by: self.options.source)
            await self.port.close()
            return
        }
        if let work {
            work.task.cancel()
            return
        }
        guard await self.workspace.snapshot().agents.contains(where: { $0.state.isBusy }) else {
            return await self.say("Ctrl-C again leaves.")
        }
        try? await self.stop(nil, "Stopped. Ctrl-C again leaves.")
    }

    /// Ends turns, and says who begins another one at once, since something was waiting for it.
    func stop(_ name: String?, _ text: String) async throws(CommandError) {
        let agents = await self.workspace.snapshot().agents.filter { name == nil || $0.name == name }
        try await self.workspace.stop(name, by: self.options.source)
        var sentences = [text]
        for agent in agents where agent.state.isBusy && agent.queued > 0 {
            sentences.append("\(agent.name) goes on with \(Figures.count(agent.queued, "message")) that waited for it.")
        }
        if sentences.count > 1 { sentences.append("/pause holds.") }
        await self.say(sentences.joined(separator: " "))
    }

    // MARK: Lines of a pipe, one after another

    /// Until everything is quiet, or somebody must answer and the next line may be the answer.
    private func settle() async {
        let (workspace, work) = (self.workspace, self.work)
        let asked = workspace.bus.subscribe("**/question.asked", name: "repl.asked", capacity: 16)
        defer { asked.cancel() }
        if await workspace.snapshot().questions.isEmpty {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = await work?.end.value()
                    _ = await workspace.waitUntilQuiet()
                }
                group.addTask { _ = await asked.next() }
                await group.next()
                group.cancelAll()
            }
        }
        await self.catchUp()
    }

    /// Questions are known here as soon as the workspace knows them, not only when their signal was printed.
    private func takeQuestions() async {
        for question in await self.workspace.snapshot().questions { _ = self.desk.ask(question) }
    }

    /// No line will answer what is still open: silence is a refusal.
    private func finishInput() async {
        while true {
            await self.takeQuestions()
            for entry in self.desk.open {
                if [.permission, .spawn].contains(entry.question.kind) { self.isUnanswered = true }
                await self.answer(entry, .refuse)
            }
            await self.settle()
            if self.work == nil, await self.workspace.snapshot().questions.isEmpty { return }
        }
    }

    /// What happened while the workspace opened. Questions were part of the greeting.
    private func catchUpWithOpening() async {
        let earlier = self.workspace.bus.recent(after: 0)
        await self.print(earlier.filter { $0.type != QuestionAsked.type }.flatMap { self.lines(for: $0) })
        self.opened = earlier.last?.sequence ?? 0
        self.release(upTo: self.opened)
    }

    /// Returns when all that has happened until now is printed.
    private func catchUp() async {
        let sequence = await self.workspace.snapshot().sequence
        guard !self.isDeaf, self.shown < sequence else { return }
        await withCheckedContinuation { self.readers.append((sequence, $0)) }
    }

    // MARK: What is told

    private func listen(to signals: Subscription) async {
        while let batch = await signals.next() {
            var lines: [String] = []
            for signal in batch where signal.sequence == 0 || signal.sequence > self.opened { lines += self.lines(for: signal) }
            if signals.dropped > self.lost {
                lines += self.renderer.layout.block(
                    "\(signals.dropped - self.lost) signals were not shown: the terminal was too slow.", indent: 2)
                self.lost = signals.dropped
                await self.takeQuestions()
            }
            await self.print(lines)
            self.release(upTo: batch.lazy.map(\.sequence).max() ?? 0)
        }
        self.isDeaf = true
        self.release(upTo: .max)
    }

    /// Everything up to this number was printed, or happened before anybody looked.
    func release(upTo sequence: Int64) {
        self.shown = max(self.shown, sequence)
        for reader in self.readers where reader.sequence <= self.shown { reader.done.resume() }
        self.readers.removeAll { $0.sequence <= self.shown }
    }

    private func lines(for signal: Signal) -> [String] {
        switch signal.type {
        case PluginFailed.type:
            if let failed = signal.payload(PluginFailed.self) { self.failures[failed.plugin] = failed.trace ?? failed.text }
        case PluginLogged.type:
            if let logged = signal.payload(PluginLogged.self), logged.level == "error" { self.failures[logged.plugin] = logged.text }
        case QuestionAsked.type: return self.asked(signal)
        case QuestionAnswered.type: return self.answered(signal)
        case AgentSpawned.type, AgentStopped.type: self.noteTeam(signal)
        case PluginReported.type: self.notePlugins()
        case ToolStarted.type: if let started = signal.payload(ToolStarted.self) { self.watch(started) }
        case ToolFinished.type: if let finished = signal.payload(ToolFinished.self) { self.unwatch(finished) }
        case AgentStateChanged.type:
            if let changed = signal.payload(AgentStateChanged.self) { self.watch(agent: changed.agent, changed.state) }
        default: break
        }
        return self.renderer.lines(for: signal)
    }

    func notePlugins() {
        let plugins = Set(self.workspace.catalog.plugins.map(\.name)).sorted()
        self.words.update { $0.plugins = plugins }
    }

    private func noteTeam(_ signal: Signal) {
        let joined = signal.payload(AgentSpawned.self)?.agent
        let left = signal.payload(AgentStopped.self)?.agent
        if let left { self.watch(agent: left, nil) }
        self.words.update { words in
            words.agents.removeAll { $0 == left || $0 == joined }
            if let joined { words.agents.append(joined) }
        }
    }
}
