import LoomSystem
import Synchronization

@testable import LoomKernel

/// Plays what a test gives it: a function from the call to the events of the reply, or a failure.
final class FakeProvider: Provider {
    let name = "fake"
    let generation = 1
    let defaultModel: String? = "m"
    private let calls = Mutex<[ModelCall]>([])
    private let looked = Mutex(0)
    private let answer: @Sendable (ModelCall, Int) async throws -> [ModelEvent]

    /// `answer` gets the call and how often this provider was called before.
    init(_ answer: @escaping @Sendable (ModelCall, Int) async throws -> [ModelEvent]) { self.answer = answer }

    var received: [ModelCall] { self.calls.withLock { $0 } }

    /// How often somebody looked whether it can be used, which is before each call.
    var looks: Int { self.looked.withLock { $0 } }

    func missing() async -> String? {
        self.looked.withLock { $0 += 1 }
        return nil
    }

    func stream(_ call: ModelCall) -> AsyncThrowingStream<ModelEvent, any Error> {
        let number = self.calls.withLock { calls in
            calls.append(call)
            return calls.count - 1
        }
        return AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    for event in try await self.answer(call, number) { continuation.yield(event) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    static func say(_ text: String) -> [ModelEvent] { [.text(text), .usage(Usage(input: 100, output: 10)), .stop(.end)] }

    static func use(_ calls: [(String, String, JSON)]) -> [ModelEvent] {
        calls.enumerated().map { .toolCallDelta(index: $0, id: $1.0, name: $1.1, arguments: $1.2.text()) }
            + [.usage(Usage(input: 100, output: 10)), .stop(.toolUse)]
    }
}

/// A tool whose work is a closure.
struct FakeTool: Tool {
    var schema: ToolSchema
    var isParallel = false
    var isReadOnly = false
    var deadline: Duration?
    var generation = 1
    var touches: [Access] = []
    var forwards: (@Sendable (JSON) -> ForwardedCall)?
    var work: @Sendable (JSON, ToolHost) async throws(ToolError) -> ToolResult

    init(
        _ name: String, isParallel: Bool = false, isReadOnly: Bool = false, touches: [Access] = [],
        work: @escaping @Sendable (JSON, ToolHost) async throws(ToolError) -> ToolResult
    ) {
        self.schema = ToolSchema(name: name, description: name, parameters: [:])
        self.isParallel = isParallel
        self.isReadOnly = isReadOnly
        self.touches = touches
        self.work = work
    }

    func access(_ arguments: JSON) throws(ToolError) -> [Access] { self.touches }
    func summary(_ arguments: JSON) -> String { arguments["path"]?.stringValue ?? "" }
    func validate(_ arguments: JSON) throws(ToolError) -> JSON { arguments }
    func run(_ arguments: JSON, _ host: ToolHost) async throws(ToolError) -> ToolResult { try await self.work(arguments, host) }
    var isForwarder: Bool { self.forwards != nil }
    func forwarded(_ arguments: JSON) -> ForwardedCall? { self.forwards?(arguments) }
}

/// A workspace on files in memory, with everything a test may want to look at.
struct Rig: Sendable {
    let files = MemoryFileSystem()
    let clock = ManualClock()
    let provider: FakeProvider
    let catalog: FakeCatalog
    var configuration = Configuration()

    init(tools: [any Tool] = [], answer: @escaping @Sendable (ModelCall, Int) async throws -> [ModelEvent]) {
        self.provider = FakeProvider(answer)
        self.catalog = FakeCatalog(provider: self.provider, tools: tools)
        self.configuration.models["default"] = "fake:m"
        self.configuration.permissions = .full
        try? self.files.makeDirectory("/p")
    }

    func open(isInteractive: Bool = true, directory: String = "/p", session: SessionChoice = .new, isEphemeral: Bool = true) async throws
        -> Workspace
    {
        var options = WorkspaceOptions(
            directory: directory, configuration: LiveConfiguration(self.configuration), frontEnd: "test", isInteractive: isInteractive,
            seal: UserSeal(key: []))
        options.isEphemeral = isEphemeral
        options.session = session
        let files: any FileSystem = isEphemeral ? self.files : LiveFileSystem()
        let ports = Ports(clock: self.clock, random: SeededRandom(seed: 5), files: files, processes: ScriptedProcessRunner())
        let workspace = try await Workspace.open(options, ports: ports, bus: Workspace.makeBus(ports), catalog: self.catalog)
        await workspace.catalogChanged()
        return workspace
    }
}

extension Subscription {
    /// Waits for the first signal of this type that fits.
    func first<P: SignalPayload>(_: P.Type, where fits: (P) -> Bool = { _ in true }) async -> P? {
        while let batch = await self.next() {
            for signal in batch {
                if let payload = signal.payload(P.self), fits(payload) { return payload }
            }
        }
        return nil
    }
}
