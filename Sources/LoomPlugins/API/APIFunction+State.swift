import LoomKernel
import LoomSystem

extension APIFunction {
    /// What a plugin remembers: until the program ends, and beyond.
    static let memory: [APIFunction] = [
        APIFunction(
            "state.get", [("key", .string.required)], returns: "any", phases: running,
            text: "What the plugin keeps under this key in memory, through all its generations; nil when there is nothing.",
            body: .immediate { (call) throws(APIFault) in call.lease.value(call.text("key")).map { .value($0) } ?? .nothing }),
        APIFunction(
            "state.set", [("key", .string.required), ("value", nil)], returns: "boolean?, loom.Error?", phases: working,
            text: "Keeps plain data in memory under this key, 1 MB for all keys together; nil takes it away. It ends with the program.",
            body: .suspending { (call) throws(APIFault) in
                do throws(Lease.Refusal) {
                    try await call.lease.set(call.text("key"), call.value("value"))
                    return .value(true)
                } catch {
                    return .refused(APIRefusal(error, plugin: call.context.plugin))
                }
            }),
        stored(
            "store.get", [("key", .string.required)], returns: "any, integer?",
            text: "What the plugin stored under this key, and its revision; nil when there is nothing. It survives a restart."
        ) { (call, store) throws(StoreError) in
            guard let found = try await store.pluginData(call.context.plugin, call.text("key")) else { return .nothing }
            return .values([found.value, .int(found.revision)])
        },
        stored(
            "store.set", [("key", .string.required), ("value", nil), ("options", .table(["revision": .integer]))],
            returns: "integer?, loom.Error?", phases: working,
            text: """
                Stores plain data under this key, up to 1 MB, and gives its new revision. With `revision` only when that is what is \
                stored now (0: nothing), else `nil, err` with the code "conflict".
                """
        ) { (call, store) throws(StoreError) in
            guard let value = call.value("value") else {
                return .refused(
                    APIRefusal(code: "no_value", message: "loom.store.set got nothing to store.", hint: "Use loom.store.delete(key)."))
            }
            let size = value.text().utf8.count
            guard size <= PluginMemory.limit else {
                let sentence = "The value of «\(call.text("key"))» has \(size) bytes, and \(PluginMemory.limit) is the most one may have."
                return .refused(APIRefusal(code: "too_large", message: sentence, hint: "Split it over several keys."))
            }
            return try await write(value, call, store)
        },
        stored(
            "store.delete", [("key", .string.required), ("options", .table(["revision": .integer]))], returns: "integer?, loom.Error?",
            phases: working,
            text: "Takes away what is stored under this key; with `revision` only when that is what is stored now."
        ) { (call, store) throws(StoreError) in try await write(nil, call, store) },
        stored(
            "store.list", [("prefix", .string)], returns: "{ key: string, revision: integer }[]",
            text: "The keys that begin with a text, or all, sorted."
        ) { (call, store) throws(StoreError) in
            let keys = try await store.pluginKeys(call.context.plugin, prefix: call.text("prefix"))
            return .value(.array(keys.map { ["key": .string($0.key), "revision": .int($0.revision)] }))
        },
    ]

    /// Wherever a plugin is in use; not while it is only being tried.
    static var running: Set<Phase> { everywhere.subtracting([.loading, .migration]) }

    private static func stored(
        _ name: String, _ arguments: [(String, Parameter?)], returns: String, phases: Set<Phase> = running, text: String,
        _ work: @escaping @Sendable (APICall, Store) async throws(StoreError) -> APIResult
    ) -> APIFunction {
        APIFunction(
            name, arguments, returns: returns, phases: phases, text: text,
            body: .suspending { (call) throws(APIFault) in
                guard let store = call.context.ports.world.workspace?.services.store else {
                    throw .mistake("loom.\(name) needs an open session, and none is open here")
                }
                do throws(StoreError) {
                    return try await work(call, store)
                } catch {
                    return .refused(APIRefusal(code: "store_failed", message: error.description, hint: nil))
                }
            })
    }

    private static func write(_ value: JSON?, _ call: APICall, _ store: Store) async throws(StoreError) -> APIResult {
        let effect = call.context.toolHost.map { (agent: $0.agent.id, call: $0.call) }
        let write = PluginDataWrite(
            plugin: call.context.plugin, key: call.text("key"), value: value,
            revision: call.table("options")["revision"]?.intValue.map(Int64.init),
            effect: effect)
        let lease = call.lease
        switch try await store.write(write, unless: { lease.staleness }) {
        case .done(let revision): return .value(.int(revision))
        case .conflict(let revision):
            let now = revision == 0 ? "nothing is stored under it" : "revision \(revision) is stored"
            return .refused(
                APIRefusal(
                    code: "conflict", message: "«\(write.key)» was changed by somebody else: now \(now).",
                    hint: "Read it again, and write with the revision you got."))
        case .stale(let sentence): return .refused(APIRefusal(code: "stale", message: sentence, hint: nil))
        }
    }
}

extension APIRefusal {
    fileprivate init(_ refusal: Lease.Refusal, plugin: String) {
        switch refusal {
        case .stale(let sentence): self.init(code: "stale", message: sentence, hint: nil)
        case .tooLarge(let size):
            self.init(
                code: "too_large",
                message: "The state of \(plugin) would have \(size) bytes, and \(PluginMemory.limit) is the most it may have.",
                hint: "loom.store holds more.")
        }
    }
}
