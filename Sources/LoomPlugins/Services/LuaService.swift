import LoomKernel
import LoomLua
import LoomSystem

/// A background service written in Lua. One value is one generation.
struct LuaService: BackgroundService {
    let definition: ServiceDefinition
    private let lua: Generation

    init(_ definition: ServiceDefinition, generation: Generation) {
        self.definition = definition
        lua = generation
    }

    var name: String { lua.file.key.name }
    var generation: Int { lua.number }
    var patterns: [String] { definition.subscriptions.map(\.pattern.description) }
    var intervals: [Double] { definition.timers.keys.sorted() }

    func start(_ host: ToolHost) async throws(ToolError) {
        lua.lasting.reopen()
        try await call(definition.start, [], host)
    }

    /// What this generation has started ends with it, whatever its own `stop` does.
    func stop(_ host: ToolHost) async throws(ToolError) {
        do throws(ToolError) {
            try await call(definition.stop, [], host)
        } catch {
            await lua.lasting.endAll()
            throw error
        }
        await lua.lasting.endAll()
    }

    func tick(_ interval: Double, _ host: ToolHost) async throws(ToolError) { try await call(definition.timers[interval], [], host) }

    /// Every handler whose pattern fits hears it, also when one before it failed.
    func handle(_ signal: Signal, _ host: ToolHost) async throws(ToolError) {
        var failure: ToolError?
        for subscription in definition.subscriptions where subscription.pattern.matches(signal.topic) {
            do throws(ToolError) {
                try await call(subscription.handler, [signal.lua], host)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func call(_ function: LuaFunction?, _ arguments: [JSON], _ host: ToolHost) async throws(ToolError) {
        guard let function else { return }
        _ = try await lua.value(of: function, arguments, deadline: .bounded(seconds: definition.deadline), phase: .service, host: host)
    }
}

extension Signal {
    /// As Lua code reads it.
    var lua: JSON {
        var members: [String: JSON] = [
            "sequence": .int(sequence), "id": .string(id.description), "type": .string(type), "source": .string(source),
            "topic": .string(topic), "time": .string(time.description), "data": data,
        ]
        members["subject"] = subject.map { .string($0) }
        members["team"] = team.map { .string($0) }
        members["cause"] = cause.map { .string($0.description) }
        return .object(members)
    }
}
