import Glibc
import LoomSystem
import Synchronization

@testable import LoomKernel
@testable import LoomREPL

/// A workspace on files in memory with one tool and a model that plays what the test says.
struct Stage: Sendable {
    let clock = ManualClock()
    let processes = ScriptedProcessRunner(start: { spec throws(ProcessError) in
        let process = ScriptedProcess()
        switch spec.command {
        case .shell("endless"): process.emit(String(repeating: "é", count: 1 << 15) + "and")
        default:
            process.emit("one\n\u{1B}[2Jt")
            process.emit("wo")
            process.exit(.exited(spec.command == .shell("false") ? 1 : 0))
        }
        return process
    })
    let model: StageModel
    var plugins: (any PluginControl)?
    var configuration = Configuration()

    /// - Parameters:
    ///   - list: what the provider says of its models; nil where it has no list.
    ///   - hold: every answer of the model waits for it.
    init(
        list: Awaited<[ModelFacts]>? = nil, hold: Awaited<Bool>? = nil,
        _ answer: @escaping @Sendable (ModelCall, Int) throws -> [ModelEvent]
    ) {
        self.model = StageModel(list: list, hold: hold, answer)
        self.configuration.models["default"] = "fake:m"
        self.configuration.permissions = .ask
    }

    func open(isInteractive: Bool) async throws -> Workspace {
        let files = MemoryFileSystem()
        try files.makeDirectory("/p", withParents: true)
        var options = WorkspaceOptions(
            directory: "/p", configuration: LiveConfiguration(self.configuration), frontEnd: "test", isInteractive: isInteractive,
            seal: UserSeal(key: []))
        options.isEphemeral = true
        options.plugins = self.plugins
        let ports = Ports(clock: self.clock, random: SeededRandom(seed: 5), files: files, processes: self.processes)
        return try await Workspace.open(options, ports: ports, bus: Workspace.makeBus(ports), catalog: StageCatalog(provider: self.model))
    }

    static func say(_ text: String) -> [ModelEvent] { [.text(text), .usage(Usage(input: 100, output: 10)), .stop(.end)] }

    static func use(_ tool: String, _ arguments: JSON, id: String = "c1") -> [ModelEvent] {
        [.toolCallDelta(index: 0, id: id, name: tool, arguments: arguments.text()), .usage(Usage(input: 100, output: 10)), .stop(.toolUse)]
    }
}

/// An answer that a test gives when it wants to, once it knows that somebody waits for it.
struct Awaited<Value: Sendable>: Sendable {
    let isAsked = OneShot<Bool>()
    let answer = OneShot<Value>()

    /// Nil when whoever waits is cancelled.
    func value() async -> Value? {
        self.isAsked.fulfil(true)
        return await self.answer.value()
    }
}

final class StageModel: Provider {
    let name = "fake"
    let generation = 1
    let defaultModel: String? = "m"
    private let count = Mutex(0)
    private let list: Awaited<[ModelFacts]>?
    private let hold: Awaited<Bool>?
    private let answer: @Sendable (ModelCall, Int) throws -> [ModelEvent]

    init(list: Awaited<[ModelFacts]>?, hold: Awaited<Bool>?, _ answer: @escaping @Sendable (ModelCall, Int) throws -> [ModelEvent]) {
        self.list = list
        self.hold = hold
        self.answer = answer
    }

    func missing() async -> String? { nil }

    func models() async throws(ModelFailure) -> [ModelFacts]? {
        guard let list else { return nil }
        guard let models = await list.value() else { throw ModelFailure(.cancelled, "Nobody waits any more.") }
        return models
    }

    func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error> {
        let number = self.count.withLock { count in
            defer { count += 1 }
            return count
        }
        return AsyncThrowingStream { continuation in
            let answer = {
                do {
                    for event in try self.answer(call, number) { continuation.yield(event) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            guard let hold = self.hold else { return answer() }
            Task {
                _ = await hold.value()
                answer()
            }
        }
    }
}

/// Changes no plugin, as soon as it may.
struct StagePlugins: PluginControl {
    let change = Awaited<Bool>()
    let counts = PluginCounts(live: 0, generations: 0, owned: 0, running: 0, quarantined: 0)

    func rollback(_ plugin: String, to generation: Int?) async throws(CommandError) -> PluginRollback {
        _ = await self.change.value()
        throw CommandError("There is no plugin «\(plugin)».")
    }

    func reload(_ plugin: String?) async throws(CommandError) -> [PluginReported] {
        if await self.change.value() == nil { throw CommandError("It was left half done.") }
        return []
    }

    func loadRest() async {}
    func story(kind: String, name: String) async -> PluginStory? { nil }
    func deleted() async -> [PluginSummary] { [] }
}

struct StageCatalog: Catalog {
    let provider: StageModel
    var tools: [any Tool] { [RunTool()] }
    var providers: [any Provider] { [self.provider] }
    var roles: [Role] {
        ["coder", "lead"].map {
            Role(name: $0, description: "", prompt: $0, tools: ["run"], model: "default", maxTurns: nil, generation: 1)
        }
    }
    var plugins: [PluginSummary] { [] }
    var commands: [any PluginCommand] { [GreetCommand()] }
    func tool(_ name: String) -> (any Tool)? { name == "run" ? RunTool() : nil }
    func provider(_ name: String) -> (any Provider)? { name == "fake" ? self.provider : nil }
    func role(_ name: String) -> Role? { self.roles.first { $0.name == name } }
    func prompt(for role: Role, _ context: PromptContext) async throws(PromptError) -> RenderedPrompt {
        RenderedPrompt("You are \(context.agent).")
    }
}

/// Greets, after it asked; what it is told to break it breaks.
struct GreetCommand: PluginCommand {
    let name = "greet"
    let generation = 1
    let usage = "/greet [NAME]"
    let summary = "say hello"
    func complete(_ word: String, _ session: JSON) async -> [String] { ["ada"] }
    func run(_ text: String, _ session: JSON, _ host: ToolHost) async throws(ToolError) -> String {
        switch text {
        case "fail": throw ToolError("There is nobody to greet.")
        case "ask": return "Hello " + (try await host.ask("whom?", options: [])) + "\n"
        default: return "Hello \(text)\nand welcome"
        }
    }
}

/// Wants to execute what it is given, and says it did.
struct RunTool: Tool {
    let schema = ToolSchema(name: "run", description: "run", parameters: [:])
    let isParallel = false
    let isReadOnly = false
    let deadline: Duration? = nil
    let generation = 1
    func access(_ arguments: JSON) throws(ToolError) -> [Access] { [Access(.execute, self.summary(arguments))] }
    func summary(_ arguments: JSON) -> String { arguments["command"]?.stringValue ?? "" }
    func validate(_ arguments: JSON) throws(ToolError) -> JSON { arguments }
    func run(_ arguments: JSON, _ host: ToolHost) async throws(ToolError) -> ToolResult { ToolResult("ran") }
}

/// A pipe with everything that was written into it.
final class Capture: Sendable {
    let writer: Int32
    private let reader: Int32

    init?() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        (self.reader, self.writer) = (ends[0], ends[1])
    }

    /// Closes the writing end. What was written must fit a pipe: 64 kB.
    func text() -> String {
        close(self.writer)
        defer { close(self.reader) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(self.reader, &buffer, buffer.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }
}
