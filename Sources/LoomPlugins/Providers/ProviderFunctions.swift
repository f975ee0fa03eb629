import LoomKernel
import LoomLua
import LoomSystem

/// What the prelude asks of the host on behalf of a provider.
enum ProviderFunctions {
    /// `true`, or `nil, text` when the table is no event or nobody listens any more.
    static func emit(_ call: LuaCall, _ values: [LuaValue], _ null: NullFunction) async -> [LuaValue] {
        guard let channel = (call.context as? CallContext)?.channel else { return [.nil, "emit may be called in a provider's reply only"] }
        do throws(Emission.Fault) {
            switch try emission(values.first ?? .nil, null) {
            case .event(let event):
                return await channel.send(event) ? [true] : [.nil, "the model call is over"]
            case .failure(let failure):
                channel.finish(failure)
                return [true]
            }
        } catch {
            return [.nil, .string(error.reason)]
        }
    }

    private static func emission(_ value: LuaValue, _ null: NullFunction) throws(Emission.Fault) -> Emission {
        let table: JSON
        do {
            table = try null.mapping(marksEmptyLists: true).json(value)
        } catch {
            throw Emission.Fault(reason: "emit takes plain data: \(error.reason)")
        }
        return try Emission(table)
    }

    /// The next event as `{ event =, data = }`, nil at the end.
    static func nextEvent(_ call: LuaCall) async throws -> [LuaValue] {
        guard let context = call.context as? CallContext, let events = context.events else { return [.nil] }
        do {
            guard let event = try await events.next() else { return [.nil] }
            context.channel?.noteProgress()
            return [["event": .string(event.type), "data": .string(event.data)]]
        } catch {
            let failure = ModelFailure(error)
            context.end(with: failure)
            throw LuaError(.host, failure.message)
        }
    }
}
