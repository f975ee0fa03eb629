import LoomKernel
import LoomLua
import LoomSystem

/// What the prelude asks of the host on behalf of a provider.
enum ProviderFunctions {
    private static let over: [LuaValue] = [.nil, "the model call is over"]

    /// `true`; `false` when `room` is to be waited for; or `nil, text` when the table is no event or nobody listens any more.
    ///
    /// A reply comes in hundreds of pieces, and most meet a reader who has kept up: they need not leave the state's thread.
    static func emit(_ call: LuaCall, _ values: [LuaValue], _ null: NullFunction) -> [LuaValue] {
        guard let channel = (call.context as? CallContext)?.channel else { return [.nil, "emit may be called in a provider's reply only"] }
        do throws(Emission.Fault) {
            switch try emission(values.first ?? .nil, null) {
            case .event(let event):
                switch channel.offer(event) {
                case .open: return [true]
                case .full: return [false]
                case .over: return over
                }
            case .failure(let failure):
                channel.finish(failure)
                return [true]
            }
        } catch {
            return [.nil, .string(error.reason)]
        }
    }

    /// `true`, or `nil, text` when nobody listens any more.
    static func room(_ call: LuaCall) async -> [LuaValue] {
        guard let channel = (call.context as? CallContext)?.channel else { return over }
        return await channel.room() ? [true] : over
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

    /// The next events as a list of `{ event =, data = }`, nil at the end.
    static func nextEvents(_ call: LuaCall) async throws -> [LuaValue] {
        guard let context = call.context as? CallContext, let source = context.events else { return [.nil] }
        do {
            let events = try await source.next()
            guard !events.isEmpty else { return [.nil] }
            context.channel?.noteProgress()
            return [.table(LuaTable(array: events.map { ["event": .string($0.type), "data": .string($0.data)] }))]
        } catch {
            let failure = ModelFailure(error)
            // What ended the wait is known better by whoever ended it: a deadline, a save, or the asker.
            if !Task.isCancelled { context.end(with: failure) }
            throw LuaError(.host, failure.message)
        }
    }
}
